import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { NvidiaCard, RuntimeState } from '../rpc/diagnosis';

const packages = createRequire(import.meta.url);

const CUDA_PROVIDER = 'libonnxruntime_providers_cuda.so';
const CUDA_FILES = [CUDA_PROVIDER, 'libonnxruntime_providers_shared.so'];

/** Packages of TensorFlow.js that compute in Node. */
const TENSORFLOW = ['@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs-node', '@tensorflow/tfjs'];

const UNUSED = 'This version of MoRA Studio does not use it.';
const WEBGPU_USED = '"compute.device": "auto" takes it where it trains faster than the CPU.';

/**
 * What could compute here, what is installed of it, and how to get the rest. `probeWebGpu` says why WebGPU has no graphics
 * card, null where it has one.
 */
export async function runtimes(
  card: NvidiaCard | null,
  probeWebGpu: () => Promise<string | null>,
): Promise<RuntimeState[]> {
  return [...(await onnxRuntimes(card, probeWebGpu)), tensorFlow()];
}

async function onnxRuntimes(
  card: NvidiaCard | null,
  probeWebGpu: () => Promise<string | null>,
): Promise<RuntimeState[]> {
  try {
    const { env, listSupportedBackends } = await import('onnxruntime-node');
    const version = env.versions.node ?? env.versions.common;
    const backends = new Set(listSupportedBackends().map(({ name }) => name));
    return [
      { name: 'ONNX Runtime, CPU', state: 'used', version, notes: [] },
      ...(backends.has('webgpu') ? [webGpu(version, await probeWebGpu())] : []),
      ...(backends.has('dml')
        ? [{ name: 'ONNX Runtime, DirectML', state: 'present', version, notes: [UNUSED] } as const]
        : []),
      cuda(version, backends.has('cuda'), card),
    ];
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const notes = [
      `It cannot be loaded (${reason.trim().replace(/\s+/g, ' ')}).`,
      'Install the package of MoRA Studio that is made for this platform; on Windows it also needs the Microsoft Visual C++ Redistributable.',
    ];
    return [{ name: 'ONNX Runtime, CPU', state: 'broken', version: null, notes }];
  }
}

function webGpu(version: string, missing: string | null): RuntimeState {
  const name = 'ONNX Runtime, WebGPU';
  return missing === null
    ? { name, state: 'used', version, notes: [WEBGPU_USED] }
    : { name, state: 'present', version, notes: [missing] };
}

/** onnxruntime-node leaves the CUDA provider out, because it is too large for the npm registry. */
function cuda(version: string, known: boolean, card: NvidiaCard | null): RuntimeState {
  const name = 'ONNX Runtime, CUDA';
  if (!known) {
    return { name, state: 'absent', version: null, notes: ['onnxruntime-node has CUDA on Linux x64 only.'] };
  }
  const folder = join(packageFolder('onnxruntime-node'), 'bin', 'napi-v6', process.platform, process.arch);
  const needs = 'It needs an NVIDIA driver, CUDA 12 and cuDNN 9 where the loader finds them (LD_LIBRARY_PATH).';
  if (CUDA_FILES.every((file) => existsSync(join(folder, file)))) {
    return { name, state: 'present', version, notes: [UNUSED, needs] };
  }
  const notes = [
    UNUSED,
    ...(card === null ? ['There is no NVIDIA driver on this machine.'] : []),
    `Its files are not part of the package. To get them, in an empty folder: \`npm install onnxruntime-node@${version}\`, then \`ONNXRUNTIME_NODE_INSTALL=cuda12 node node_modules/onnxruntime-node/script/install.js\`, and copy ${CUDA_FILES.join(' and ')} from its bin/napi-v6/linux/x64 to ${folder}.`,
    needs,
  ];
  return { name, state: 'absent', version: null, notes };
}

function tensorFlow(): RuntimeState {
  const name = 'TensorFlow.js';
  for (const wanted of TENSORFLOW) {
    try {
      const manifest = JSON.parse(readFileSync(packages.resolve(`${wanted}/package.json`), 'utf8')) as unknown;
      const found =
        typeof manifest === 'object' && manifest !== null && 'version' in manifest ? manifest.version : null;
      return { name: `${name} (${wanted})`, state: 'present', version: String(found), notes: [UNUSED] };
    } catch {
      // Not that one.
    }
  }
  return { name, state: 'absent', version: null, notes: ['Nothing needs it.'] };
}

/** Where a package lies that Node finds from here. */
function packageFolder(name: string): string {
  return dirname(packages.resolve(`${name}/package.json`));
}
