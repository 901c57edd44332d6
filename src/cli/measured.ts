import { resolve } from 'node:path';
import { UserError } from '../config/userError';
import type { EngineService } from '../engine/rpc/engineService';
import { withEngine } from './engineProgram';
import { liveLine } from './liveLine';

type Progress = (progress: { readonly activity: string; readonly share: number }) => void;

/**
 * Has the engine measure something of a document, with a line of progress meanwhile; undefined when the user interrupts.
 * A UserError names the document it came from.
 */
export async function measured<T>(
  file: string,
  debug: boolean,
  ask: (engine: EngineService, onProgress: Progress, signal: AbortSignal) => Promise<T>,
): Promise<T | undefined> {
  const interruption = new AbortController();
  const interrupt = (): void => interruption.abort();
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
  const line = liveLine(process.stderr);
  const onProgress: Progress = ({ activity, share }) => line.show(activity, share);
  try {
    return await withEngine(debug, (engine) => ask(engine, onProgress, interruption.signal));
  } catch (error) {
    if (interruption.signal.aborted) return undefined;
    if (!(error instanceof UserError) || error.message.includes(resolve(file))) throw error;
    throw new UserError(`${file}: ${error.message}`);
  } finally {
    line.clear();
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
  }
}
