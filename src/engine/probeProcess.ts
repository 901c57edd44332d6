import { readFile } from 'node:fs/promises';
import { DEVICES, type Device } from '../config/devices';
import { requireConfiguration } from '../config/parse';
import { UserError } from '../config/userError';
import { structureFor } from './adapters/structureFor';
import { modelFolder } from './hub/resolveModel';
import { readDecoderConfig } from './models/family';
import { decoderLinears } from './models/decoderConfig';
import type { DeviceTimes } from './rpc/probeDevices';
import { openRuntime } from './runtime/openRuntime';
import { threadCount } from './runtime/threads';
import { blockSeconds } from './training/blockSeconds';
import { batchLayout, fastTokens, stepLayout } from './training/microBatches';

/** Longer rows say nothing more about which device is faster, and take memory that nobody planned. */
const LONGEST_ROW = 512;

/** Whether a device computes here; `reason` says why not. */
export async function tryDevice(name: string): Promise<{ readonly reason: string | null }> {
  const device = DEVICES.find((known) => known === name);
  if (device === undefined) throw new UserError(`there is no device "${name}", only ${DEVICES.join(', ')}.`);
  try {
    await openRuntime(device, { threads: 1 });
    return { reason: null };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { reason: error.message };
  }
}

/**
 * Seconds a token of one block of a run's model on each device, measured in turn; the CPU is not measured where there is
 * no other device. Throws a UserError for a configuration that cannot be read.
 */
export async function probeDevices(file: string): Promise<DeviceTimes> {
  const configuration = requireConfiguration(await readFile(file, 'utf8'), file);
  const { adapter, data, training, compute } = configuration;
  const decoder = await readDecoderConfig(await modelFolder(configuration.model, 'configuration'));
  const structures = new Map(
    decoderLinears(decoder)
      .filter(({ layer }) => layer === 0)
      .map((linear) => [linear.module, structureFor(adapter, linear)]),
  );
  const length = Math.min(data.maxLength, decoder.maxPositions, LONGEST_ROW);
  const measure = async (device: Device): Promise<number> => {
    const runtime = await openRuntime(device, { threads: compute.threads ?? threadCount() });
    const layout = stepLayout(batchLayout(length, length, fastTokens(device)), training.batchSize);
    return blockSeconds(runtime, decoder, structures, layout);
  };
  let webgpu: number;
  try {
    webgpu = await measure('webgpu');
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { webgpu: null, reason: error.message };
  }
  return { webgpu, cpu: await measure('cpu') };
}
