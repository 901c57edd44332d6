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

/** Which runs count: those of all steps but the first `warmup` of `steps`, each of which ran the session equally often. */
interface CountedSteps {
  readonly warmup: number;
  readonly steps: number;
}

/** Milliseconds of the runs that count. Throws when steps ran the session differently often. */
export function runMilliseconds(events: readonly ProfileEvent[], counted: CountedSteps): number {
  const began = countedFrom(events, counted);
  const runs = events.filter(({ name, ts }) => name === RUN && ts >= began);
  return runs.reduce((sum, { dur }) => sum + dur / 1000, 0);
}

/** Milliseconds of each op type in the runs of a session that count. Throws when steps ran it differently often. */
export function opMilliseconds(events: readonly ProfileEvent[], counted: CountedSteps): ReadonlyMap<string, number> {
  const began = countedFrom(events, counted);
  const times = new Map<string, number>();
  for (const { cat, name, ts, dur, args } of events) {
    if (cat !== 'Node' || !name.endsWith(KERNEL) || ts < began) continue;
    const op = args?.op_name ?? name;
    times.set(op, (times.get(op) ?? 0) + dur / 1000);
  }
  return times;
}

/** When the first run begins that counts. */
function countedFrom(events: readonly ProfileEvent[], { warmup, steps }: CountedSteps): number {
  const runs = events.filter(({ name }) => name === RUN).sort((a, b) => a.ts - b.ts);
  if (runs.length === 0 || runs.length % steps !== 0) {
    throw new Error(`a program ran ${runs.length} times in ${steps} steps`);
  }
  return runs[(runs.length / steps) * warmup]?.ts ?? Infinity;
}
