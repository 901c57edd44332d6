import type { TensorFlowDevice } from '../../config/devices';

/** The release that is tested, and the last one there is. */
export const TENSORFLOW_VERSION = '4.22.0';

/** Folders with a node_modules in which the engine looks first for TensorFlow.js, separated as in PATH. */
export const TENSORFLOW_FOLDERS = 'MORA_TENSORFLOW';

export interface TensorFlowPackages {
  /** What is loaded; it finds the core that it was installed with. */
  readonly package: string;
  /** What has to be installed for it. */
  readonly install: readonly string[];
  /** What computes, as a person knows it. */
  readonly computes: string;
  /** What the machine must have, one sentence. */
  readonly needs: string;
}

const CORE = '@tensorflow/tfjs-core';
const OLD_NODE = 'Node.js 22 or earlier (release 4.22.0, the last one, calls functions that Node.js 23 took away)';

export const TENSORFLOW_PACKAGES: Readonly<Record<TensorFlowDevice, TensorFlowPackages>> = {
  'tfjs-node-gpu': {
    package: '@tensorflow/tfjs-node-gpu',
    install: ['@tensorflow/tfjs-node-gpu'],
    computes: 'TensorFlow on an NVIDIA card',
    needs: `It needs Linux or Windows on x64, an NVIDIA card with CUDA 11.2 and cuDNN 8.1, and ${OLD_NODE}.`,
  },
  'tfjs-node': {
    package: '@tensorflow/tfjs-node',
    install: ['@tensorflow/tfjs-node'],
    computes: 'TensorFlow on the processor',
    needs: `It needs ${OLD_NODE}; its installation downloads TensorFlow, several hundred megabytes.`,
  },
  'tfjs-wasm': {
    package: '@tensorflow/tfjs-backend-wasm',
    install: [CORE, '@tensorflow/tfjs-backend-wasm'],
    computes: 'WebAssembly on one thread',
    needs: 'It needs nothing else; it holds at most 4 GiB.',
  },
  'tfjs-cpu': {
    package: '@tensorflow/tfjs-backend-cpu',
    install: [CORE, '@tensorflow/tfjs-backend-cpu'],
    computes: 'plain JavaScript, for comparisons',
    needs: 'It needs nothing else, and is by far the slowest.',
  },
};

/** The command that adds a device's packages: to `folder`, which the engine looks in, or beside a global `mora`. */
export function installCommand(device: TensorFlowDevice, folder?: string): string {
  const where = folder === undefined ? '--global' : `--prefix "${folder}"`;
  const packages = TENSORFLOW_PACKAGES[device].install.map((name) => `${name}@${TENSORFLOW_VERSION}`);
  return `npm install ${where} ${packages.join(' ')}`;
}
