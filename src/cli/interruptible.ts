/** What a shell expects of a program that Ctrl+C ended. */
const INTERRUPTED = 130;

/** Does work that Ctrl+C or SIGTERM aborts; returns the exit code. */
export async function interruptible(work: (signal: AbortSignal) => Promise<void>): Promise<number> {
  const interruption = new AbortController();
  const interrupt = (): void => interruption.abort();
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
  try {
    await work(interruption.signal);
    return 0;
  } catch (error) {
    if (!interruption.signal.aborted) throw error;
    return INTERRUPTED;
  } finally {
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
  }
}
