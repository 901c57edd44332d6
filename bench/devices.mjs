import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from './engine.mjs';

/**
 * npm run bench:devices
 *
 * Trains the embedded model for the same steps on the CPU and on every other device that runs here, and says by how much
 * the losses and the trained parameters differ. Without a graphics card WebGPU runs on Chromium's driver in software.
 */
const root = fileURLToPath(new URL('..', import.meta.url));
const SOFTWARE_GPU = '/usr/lib/chromium/vk_swiftshader_icd.json';
const DEVICES = ['cpu', 'webgpu', 'tfjs-cpu', 'tfjs-wasm'];
const STEPS = 10;
const SETTINGS = {
  'training.steps': STEPS,
  'training.batchSize': 8,
  'training.learningRate': 2e-3,
  'training.evaluateEvery': 0,
  'compute.base': 'float32',
};
/** Float32 sums in another order; the steps amplify it. */
const TOLERANCE = 1e-4;

const folder = await mkdtemp(join(tmpdir(), 'mora-devices-'));
if (existsSync(SOFTWARE_GPU)) process.env.VK_ICD_FILENAMES ??= SOFTWARE_GPU;
try {
  for (const method of ['rotation', 'sharing', 'lora']) {
    const settings = {
      ...SETTINGS,
      ...(method === 'lora' ? { 'adapter.method': 'lora' } : { 'adapter.mode': method }),
    };
    /** @type {{ losses: number[], parameters: Float32Array } | undefined} */
    let known;
    for (const device of DEVICES) {
      const found = await train(device, { ...settings, 'compute.device': device }, `${method}-${device}`);
      if (known === undefined) {
        known = found;
        const [first, last] = [found.losses[0], found.losses.at(-1)];
        console.log(`${method}: loss ${first?.toFixed(4)} → ${last?.toFixed(4)} on cpu`);
        continue;
      }
      const loss = largestDifference(found.losses, known.losses);
      const parameter = largestDifference(found.parameters, known.parameters);
      const size = known.parameters.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      console.log(
        `  ${device.padEnd(9)} losses within ${loss.toExponential(1)}, ` +
          `parameters within ${parameter.toExponential(1)} (the largest is ${size.toFixed(3)})`,
      );
      if (!(loss < TOLERANCE) || found.losses.length !== STEPS) process.exitCode = 1;
    }
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}

/**
 * @param {string} device
 * @param {Record<string, string | number>} settings
 * @param {string} name
 */
async function train(device, settings, name) {
  const place = join(folder, name);
  const words = Object.entries(settings).flatMap(([key, value]) => ['--set', `${key}=${value}`]);
  const configuration = join(root, 'examples/pronounce-mora.mora.json');
  const command = [join(root, 'dist/cli.js'), 'train', configuration, ...words, '--run-dir', place, '--json'];
  const losses = (await run(process.execPath, command))
    .map((line) => JSON.parse(line))
    .filter(({ kind }) => kind === 'step')
    .map(({ loss }) => Number(loss));
  const { device: used } = JSON.parse(await readFile(join(place, 'status.json'), 'utf8'));
  if (used !== device) throw new Error(`it trained on ${used}, not on ${device}`);
  const checkpoint = join(place, 'checkpoints', `step-${String(STEPS).padStart(7, '0')}`);
  return { losses, parameters: await floats(join(checkpoint, 'adapter_model.safetensors')) };
}

/** All entries of a file of float32 tensors. @param {string} file */
async function floats(file) {
  const bytes = await readFile(file);
  const start = 8 + Number(bytes.readBigUInt64LE(0));
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset + start, bytes.byteOffset + bytes.length));
}

/** @param {ArrayLike<number>} a @param {ArrayLike<number>} b */
function largestDifference(a, b) {
  if (a.length !== b.length) throw new Error(`${a.length} values, and ${b.length} on the CPU`);
  return Array.from(a).reduce((most, value, at) => Math.max(most, Math.abs(value - Number(b[at]))), 0);
}
