import { freemem, release, totalmem, type } from 'node:os';
import type { Diagnosis, Memory } from '../rpc/diagnosis';
import { cacheState } from './cacheState';
import { nvidiaCard } from './nvidia';
import { processor } from './processor';
import { runtimes } from './runtimes';

/** Looks at the machine and measures it for a second. Throws the signal's reason when it aborts. */
export async function diagnose(signal: AbortSignal): Promise<Diagnosis> {
  const nvidia = await nvidiaCard();
  const found = await runtimes(nvidia);
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
