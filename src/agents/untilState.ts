import { setTimeout as sleep } from 'node:timers/promises';
import { readRun, type Run } from '../run/run';

/** Often enough that nobody waits for nothing. */
const POLL_MS = 200;

/** The run as soon as `reached` holds of it, or as it is after `patienceMs`. Throws the signal's reason on abort. */
export async function untilState(
  run: Run,
  reached: (run: Run) => boolean,
  patienceMs: number,
  signal: AbortSignal,
): Promise<Run> {
  const deadline = Date.now() + patienceMs;
  let current = run;
  while (!reached(current) && Date.now() < deadline) {
    await sleep(POLL_MS, undefined, { signal });
    current = (await readRun(run.root)) ?? current;
  }
  return current;
}
