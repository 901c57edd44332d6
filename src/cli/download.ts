import { parseHubReference } from '../config/hubReference';
import { UserError } from '../config/userError';
import { downloadReporter } from './downloadReporter';
import { withEngine } from './engineProgram';
import { standardTerminal } from './terminal';

export interface DownloadOptions {
  readonly revision?: string;
  readonly debug: boolean;
}

const INTERRUPTED = 130;

/** `mora download`: brings a model into the cache and prints its folder, alone on stdout; returns the exit code. */
export async function download(id: string, { revision, debug }: DownloadOptions): Promise<number> {
  if (revision !== undefined && parseHubReference(id)?.revision !== undefined) {
    throw new UserError(`${id}: names a revision already; leave out --revision ${revision}.`);
  }
  const model = revision === undefined ? id : `${id}@${revision}`;
  const interruption = new AbortController();
  const interrupt = (): void => interruption.abort();
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
  const reporter = downloadReporter(model, standardTerminal(process.stderr));
  try {
    const { folder } = await withEngine(debug, (engine) =>
      engine.download({ model }, (progress) => reporter.progress(progress), interruption.signal),
    );
    reporter.close();
    process.stdout.write(`${folder}\n`);
    return 0;
  } catch (error) {
    reporter.close();
    if (!interruption.signal.aborted) throw error;
    process.stderr.write('mora: stopped; the same command goes on from there.\n');
    return INTERRUPTED;
  }
}
