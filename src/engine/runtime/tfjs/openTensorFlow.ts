import type { TensorFlowDevice } from '../../../config/devices';
import { UserError } from '../../../config/userError';
import { installCommand, TENSORFLOW_FOLDERS, TENSORFLOW_PACKAGES } from '../../rpc/tensorFlowPackages';
import type { Runtime } from '../runtime';
import { runSmallest } from '../smallestProgram';
import { findPackage, packageFolders } from './findPackage';
import { loadTensorFlow } from './loadTensorFlow';
import { tensorFlow } from './tensorFlow';

/**
 * TensorFlow.js from where it is installed. `threads` counts for TensorFlow's own library only. Throws a UserError where it
 * is not installed or does not work.
 */
export async function openTensorFlow(device: TensorFlowDevice, threads: number): Promise<Runtime> {
  const { package: name, needs } = TENSORFLOW_PACKAGES[device];
  const found = findPackage(device);
  if (found === undefined) {
    const folders = packageFolders();
    const named = process.env[TENSORFLOW_FOLDERS] === undefined ? undefined : folders[0];
    throw new UserError(
      `"compute.device" ${device} needs ${name}, which is not installed in ${folders.join(', ')}; add it with \`${installCommand(device, named)}\`, or set the device to "auto".`,
    );
  }
  try {
    const runtime = tensorFlow(await loadTensorFlow(device, found, threads), device);
    await runSmallest(runtime);
    return runtime;
  } catch (error) {
    const reason = (error instanceof Error ? error.message : String(error)).split('\n', 1)[0]?.trim() ?? '';
    throw new UserError(
      `${name} ${found.version} in ${found.folder} does not work with Node.js ${process.version} (${reason}); set "compute.device" to "auto", or mend it. ${needs}`,
    );
  }
}
