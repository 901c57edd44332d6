/** TensorFlow.js by the package of it that computes. Each is installed by whoever wants it; nothing of it is shipped. */
export const TENSORFLOW_DEVICES = ['tfjs-node-gpu', 'tfjs-node', 'tfjs-wasm', 'tfjs-cpu'] as const;

/** What can train. */
export const DEVICES = ['cpu', 'webgpu', ...TENSORFLOW_DEVICES] as const;

export type TensorFlowDevice = (typeof TENSORFLOW_DEVICES)[number];
export type Device = (typeof DEVICES)[number];

export function isTensorFlow(device: string): device is TensorFlowDevice {
  return (TENSORFLOW_DEVICES as readonly string[]).includes(device);
}
