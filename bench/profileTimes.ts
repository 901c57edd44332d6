/** An entry of what ONNX Runtime's profiler writes; times in microseconds since the session began. */
export interface ProfileEvent {
  readonly cat: string;
  readonly name: string;
  readonly ts: number;
  readonly dur: number;
  readonly args?: { readonly op_name?: string };
}

const RUN = 'model_run';
const KERNEL = '_kernel_time';

/**
 * Milliseconds of each op type in all runs of a session but those of the first `warmup` of `steps` steps, each of which ran
 * the session equally often. Throws when they did not.
 */
export function opMilliseconds(
  events: readonly ProfileEvent[],
  { warmup, steps }: { readonly warmup: number; readonly steps: number },
): ReadonlyMap<string, number> {
  const runs = events.filter(({ name }) => name === RUN).sort((a, b) => a.ts - b.ts);
  if (runs.length === 0 || runs.length % steps !== 0) {
    throw new Error(`a program ran ${runs.length} times in ${steps} steps`);
  }
  const began = runs[(runs.length / steps) * warmup]?.ts ?? Infinity;
  const times = new Map<string, number>();
  for (const { cat, name, ts, dur, args } of events) {
    if (cat !== 'Node' || !name.endsWith(KERNEL) || ts < began) continue;
    const op = args?.op_name ?? name;
    times.set(op, (times.get(op) ?? 0) + dur / 1000);
  }
  return times;
}
