import type { Diagnosis } from '../engine/rpc/diagnosis';

/** What a person is told: "VS Code", "1.105.0". */
export type Fact = readonly [label: string, value: string];

/** Everything that `MoRA: Doctor` and `mora doctor` say. */
export interface DoctorReport {
  /** Versions and settings of whoever asks, in order. */
  readonly program: readonly Fact[];
  /** What the engine says, or why it says nothing: one line. */
  readonly engine: { readonly diagnosis: Diagnosis } | { readonly error: string };
  /** The last lines of the log, oldest first. */
  readonly log: readonly string[];
}

/** The diagnosis, or the reason why there is none in one line. Throws the signal's reason when it aborts. */
export async function diagnosisOf(
  ask: (signal: AbortSignal) => Promise<Diagnosis>,
  signal: AbortSignal,
): Promise<DoctorReport['engine']> {
  try {
    return { diagnosis: await ask(signal) };
  } catch (error) {
    signal.throwIfAborted();
    // An installation on which the engine does not even start is what a report is most wanted of.
    const message = error instanceof Error ? error.message : String(error);
    return { error: message.trim().replace(/\s*\n\s*/g, ' ') };
  }
}
