import { isTensorFlow, type Device } from '../../config/devices';
import { onnxRuntime } from './onnxruntime';
import type { OnnxRuntimeOptions } from './onnxSession';
import { openWebGpu } from './openWebGpu';
import type { Runtime } from './runtime';
import { openTensorFlow } from './tfjs/openTensorFlow';

/** Throws a UserError where the device is not there. */
export async function openRuntime(device: Device, options: OnnxRuntimeOptions): Promise<Runtime> {
  if (isTensorFlow(device)) return openTensorFlow(device, options.threads);
  return device === 'webgpu' ? openWebGpu() : onnxRuntime(options);
}
