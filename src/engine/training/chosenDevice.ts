import type { Device } from '../../config/devices';
import type { Configuration } from '../../config/schema';
import { UserError } from '../../config/userError';
import type { BaseFormat } from '../adapters/frozenWeight';
import type { DeviceTimes } from '../rpc/probeDevices';

/** Measures the devices for the run, in a process of its own. */
export type DeviceProbe = () => Promise<DeviceTimes>;

export interface ChosenDevice {
  readonly device: Device;
  /** What was measured, where anything was. */
  readonly note?: string;
}

/**
 * What a run trains on. `auto` takes the device on which a block of the model is faster; a run that goes on stays on
 * `before`, since devices round differently. Throws a UserError for a format that the wanted device does not have.
 */
export async function chosenDevice(
  { device }: Configuration['compute'],
  base: BaseFormat,
  before: Device | null,
  probe: DeviceProbe,
): Promise<ChosenDevice> {
  if (device !== 'auto' && device !== 'cpu' && base === 'int8') {
    throw new UserError(
      `"compute.base" int8 is for the CPU; set it to "float32" for "compute.device" ${device}, or the device to "cpu".`,
    );
  }
  if (device !== 'auto') return { device };
  if (before !== null) return { device: before };
  if (base === 'int8') return { device: 'cpu' };
  const times = await probe();
  if (times.webgpu === null) return { device: 'cpu', note: `device: cpu. ${times.reason}` };
  const microseconds = (seconds: number): string => `${(seconds * 1e6).toPrecision(3)} µs`;
  return {
    device: times.webgpu < times.cpu ? 'webgpu' : 'cpu',
    note: `device: a token takes ${microseconds(times.webgpu)} a block on webgpu, ${microseconds(times.cpu)} on cpu`,
  };
}
