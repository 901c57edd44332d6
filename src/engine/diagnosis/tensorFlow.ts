import { TENSORFLOW_DEVICES, type TensorFlowDevice } from '../../config/devices';
import type { RuntimeState } from '../rpc/diagnosis';
import { installCommand, TENSORFLOW_FOLDERS, TENSORFLOW_PACKAGES } from '../rpc/tensorFlowPackages';
import { findPackage, packageFolders } from '../runtime/tfjs/findPackage';
import type { TryDevice } from './runtimes';

/** What of TensorFlow.js is installed, and how to get the rest. */
export async function tensorFlowRuntimes(tryDevice: TryDevice): Promise<RuntimeState[]> {
  const states: RuntimeState[] = [];
  // In turn: each has a process of its own, and loads a library into it.
  for (const device of TENSORFLOW_DEVICES) states.push(await state(device, tryDevice));
  return states;
}

async function state(device: TensorFlowDevice, tryDevice: TryDevice): Promise<RuntimeState> {
  const { computes, needs } = TENSORFLOW_PACKAGES[device];
  const name = `TensorFlow.js, ${device}`;
  const found = findPackage(device);
  if (found === undefined) {
    const folder = process.env[TENSORFLOW_FOLDERS] === undefined ? undefined : packageFolders()[0];
    const notes = [`It computes by ${computes}.`, needs, `To add it: \`${installCommand(device, folder)}\`.`];
    return { name, state: 'absent', version: null, notes };
  }
  const trouble = await tryDevice(device);
  const { version } = found;
  if (trouble !== null) return { name, state: 'broken', version, notes: [trouble] };
  return { name, state: 'ready', version, notes: [`"compute.device": "${device}" takes it: ${computes}.`] };
}
