import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Device } from '../../config/devices';
import type { NvidiaCard, RuntimeState } from '../rpc/diagnosis';
import { tensorFlowRuntimes } from './tensorFlow';

const packages = createRequire(import.meta.url);

const CUDA_PROVIDER = 'libonnxruntime_providers_cuda.so';
const CUDA_FILES = [CUDA_PROVIDER, 'libonnxruntime_providers_shared.so'];

const UNUSED = 'This version of MoRA Studio does not use it.';
const WEBGPU_USED = '"compute.device": "auto" takes it where it trains faster than the CPU.';

/** Why a device does not compute here, null where it does. */
export type TryDevice = (device: Device) => Promise<string | null>;

/** What could compute here, what is installed of it, and how to get the rest. */
export async function runtimes(card: NvidiaCard | null, tryDevice: TryDevice): Promise<RuntimeState[]> {
  return [...(await onnxRuntimes(card, tryDevice)), ...(await tensorFlowRuntimes(tryDevice))];
}

async function onnxRuntimes(card: NvidiaCard | null, tryDevice: TryDevice): Promise<RuntimeState[]> {
  try {
    const { env, listSupportedBackends } = await import('onnxruntime-node');
    const version = env.versions.node ?? env.versions.common;
    const backends = new Set(listSupportedBackends().map(({ name }) => name));
    return [
      { name: 'ONNX Runtime, CPU', state: 'used', version, notes: [] },
      ...(backends.has('webgpu') ? [webGpu(version, await tryDevice('webgpu'))] : []),
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

/** Where a package lies that Node finds from here. */
function packageFolder(name: string): string {
  return dirname(packages.resolve(`${name}/package.json`));
}
