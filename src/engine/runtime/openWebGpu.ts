import { listSupportedBackends } from 'onnxruntime-node';
import { UserError } from '../../config/userError';
import type { Runtime } from './runtime';
import { runSmallest } from './smallestProgram';
import { webGpu } from './webgpu';

/** WebGPU on this machine's graphics card. Throws a UserError where there is none, or its driver cannot be used. */
export async function openWebGpu(): Promise<Runtime> {
  if (!listSupportedBackends().some(({ name }) => name === 'webgpu')) {
    throw new UserError(
      `ONNX Runtime has no WebGPU for ${process.platform}-${process.arch}; set "compute.device" to "cpu".`,
    );
  }
  const runtime = webGpu();
  try {
    await runSmallest(runtime);
    return runtime;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    // "…/webgpu_context.cc:136 … was false. Failed to get a WebGPU adapter: No supported adapters"
    const said = /Failed to get a WebGPU adapter: (.+)/.exec(reason)?.[1]?.trim() ?? reason.split('\n', 1)[0] ?? '';
    throw new UserError(
      `WebGPU finds no graphics card here (${said}); set "compute.device" to "cpu", or install the driver of the card${process.platform === 'linux' ? ' and the Vulkan loader (libvulkan1)' : ''}.`,
    );
  }
}
