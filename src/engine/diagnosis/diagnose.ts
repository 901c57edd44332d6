import { freemem, release, totalmem, type } from 'node:os';
import type { Diagnosis, Memory } from '../rpc/diagnosis';
import type { EngineProgram } from '../rpc/engineProgram';
import { tryDevice } from '../rpc/probeDevices';
import { cacheState } from './cacheState';
import { nvidiaCard } from './nvidia';
import { processor } from './processor';
import { runtimes } from './runtimes';

/** Looks at the machine and measures it for a second. `program` is this one. Throws the signal's reason when it aborts. */
export async function diagnose(program: EngineProgram, signal: AbortSignal): Promise<Diagnosis> {
  const nvidia = await nvidiaCard();
  const found = await runtimes(nvidia, (device) => tryDevice(program, device, signal));
  signal.throwIfAborted();
  return {
    node: process.version,
    platform: `${process.platform}-${process.arch}`,
    system: `${type()} ${release()}`,
    processor: await processor(),
    memory: memory(),
    runtimes: found,
    nvidia,
    cache: await cacheState(),
    // Loaded only here: a runtime that cannot be loaded is what a diagnosis is asked for.
    product: found.some(({ state }) => state === 'used')
      ? await (await import('./productProbe')).productProbe(signal)
      : null,
  };
}

function memory(): Memory {
  const total = totalmem();
  const limit = process.constrainedMemory();
  // Without a limit the system answers 0 or a number beyond all memory.
  return { total, free: freemem(), limit: limit > 0 && limit < total ? limit : null };
}
