import { listSupportedBackends } from 'onnxruntime-node';
import { UserError } from '../../config/userError';
import { add } from '../graph/ops/elementwise';
import { input } from '../graph/value';
import { onnxRuntime, type OnnxRuntimeOptions } from './onnxruntime';
import type { Runtime } from './runtime';
import { webGpu } from './webgpu';

/** What programs can run on. */
export type Device = 'cpu' | 'webgpu';

/** Throws a UserError where the device is not there. */
export async function openRuntime(device: Device, options: OnnxRuntimeOptions): Promise<Runtime> {
  if (device === 'cpu') return onnxRuntime(options);
  if (!listSupportedBackends().some(({ name }) => name === 'webgpu')) {
    throw new UserError(
      `ONNX Runtime has no WebGPU for ${process.platform}-${process.arch}; set "compute.device" to "cpu".`,
    );
  }
  const runtime = webGpu();
  await requireAdapter(runtime);
  return runtime;
}

/** Runs the smallest of programs: a GPU that is not there, or a driver that cannot be used, shows when one first runs. */
async function requireAdapter(runtime: Runtime): Promise<void> {
  const x = input('x', [1]);
  const program = await runtime.compile({ inputs: new Map([['x', x]]), outputs: new Map([['y', add(x, x)]]) });
  try {
    await program.run({ x: runtime.tensor(Float32Array.of(1), [1]) }, { y: runtime.tensor(new Float32Array(1), [1]) });
    await program.dispose();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    // "…/webgpu_context.cc:136 … was false. Failed to get a WebGPU adapter: No supported adapters"
    const said = /Failed to get a WebGPU adapter: (.+)/.exec(reason)?.[1]?.trim() ?? reason.split('\n', 1)[0] ?? '';
    throw new UserError(
      `WebGPU finds no graphics card here (${said}); set "compute.device" to "cpu", or install the driver of the card${process.platform === 'linux' ? ' and the Vulkan loader (libvulkan1)' : ''}.`,
    );
  }
}
