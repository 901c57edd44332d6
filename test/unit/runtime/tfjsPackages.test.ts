import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { TENSORFLOW_DEVICES } from '../../../src/config/devices';
import { installCommand, TENSORFLOW_PACKAGES } from '../../../src/engine/rpc/tensorFlowPackages';
import { findPackage, packageFolders } from '../../../src/engine/runtime/tfjs/findPackage';
import { openTensorFlow } from '../../../src/engine/runtime/tfjs/openTensorFlow';

let folder: string;

beforeEach(async () => {
  folder = await realpath(await mkdtemp(path.join(tmpdir(), 'mora-tfjs-')));
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true, force: true });
});

/** A package with this code in the folder, or in one below. */
async function install(name: string, code: string, version = '4.22.0', below = ''): Promise<string> {
  const place = path.join(folder, below, 'node_modules', name);
  await mkdir(place, { recursive: true });
  await writeFile(path.join(place, 'package.json'), JSON.stringify({ name, version, main: 'main.js' }));
  await writeFile(path.join(place, 'main.js'), code);
  return place;
}

describe('packages of TensorFlow.js', () => {
  it('are looked for first in the folders that the environment names, in their order', async () => {
    const place = await install('@tensorflow/tfjs-backend-cpu', '', '9.9.9');
    const env = { MORA_TENSORFLOW: [path.join(folder, 'empty'), folder].join(path.delimiter) };
    const folders = packageFolders(env);
    expect(folders.slice(0, 2)).toEqual([path.join(folder, 'empty'), folder]);
    expect(findPackage('tfjs-cpu', folders)).toMatchObject({ version: '9.9.9', folder: place });
    // Those of this repository, where the environment names none.
    expect(findPackage('tfjs-cpu', packageFolders({}))).toMatchObject({ version: '4.22.0' });
  });

  it.runIf(process.platform !== 'win32')('are found among those that npm has installed globally', async () => {
    const place = await install('@tensorflow/tfjs-node', '', '1.2.3', 'lib');
    const found = findPackage('tfjs-node', packageFolders({ npm_config_prefix: folder }));
    expect(found).toMatchObject({ version: '1.2.3', folder: place });
  });

  it.each(TENSORFLOW_DEVICES)('%s: the command installs what is loaded, in the release that is tested', (device) => {
    const command = installCommand(device, '/some/where');
    expect(command).toMatch(/^npm install --prefix "\/some\/where" /);
    expect(command).toContain(`${TENSORFLOW_PACKAGES[device].package}@4.22.0`);
    expect(installCommand(device)).toMatch(/^npm install --global /);
  });

  it('that are missing are named, with where they were looked for and the command that adds them', async () => {
    vi.stubEnv('MORA_TENSORFLOW', folder);
    const message = await openTensorFlow('tfjs-node-gpu', 1).catch(String);
    expect(message).toContain(
      '"compute.device" tfjs-node-gpu needs @tensorflow/tfjs-node-gpu, which is not installed in ',
    );
    for (const place of packageFolders()) expect(message).toContain(place);
    expect(message).toContain(`npm install --prefix "${folder}" @tensorflow/tfjs-node-gpu@4.22.0`);
  });

  it('that do not load are named with the reason and with what they need', async () => {
    vi.stubEnv('MORA_TENSORFLOW', folder);
    await install('@tensorflow/tfjs-node', 'throw new Error("tfjs_binding.node cannot be found\\n  at somewhere")');
    await expect(openTensorFlow('tfjs-node', 1)).rejects.toThrow(
      /^@tensorflow\/tfjs-node 4\.22\.0 in .+ does not work with Node\.js v\d+\.\d+\.\d+ \(tfjs_binding\.node cannot be found\); .*It needs Node\.js 22 or earlier/,
    );
  });

  it('that load and cannot compute are named too: release 4.22.0 on Node.js 23', async () => {
    vi.stubEnv('MORA_TENSORFLOW', folder);
    await install(
      '@tensorflow/tfjs-node',
      `module.exports = {
        enableProdMode() {}, getBackend: () => 'tensorflow', setBackend: async () => true,
        tidy() { require('node:util').takenAway(); },
      };`,
    );
    await expect(openTensorFlow('tfjs-node', 1)).rejects.toThrow(
      /takenAway is not a function\).*Node\.js 22 or earlier/,
    );
  });

  it('of TensorFlow itself are told how many threads to use before they are loaded', async () => {
    vi.stubEnv('MORA_TENSORFLOW', folder);
    vi.stubEnv('TF_NUM_INTRAOP_THREADS', '');
    await install('@tensorflow/tfjs-node', 'throw new Error(`threads: ${process.env.TF_NUM_INTRAOP_THREADS}`)');
    await expect(openTensorFlow('tfjs-node', 3)).rejects.toThrow('threads: 3');
  });
});
