import { access } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { Inspection } from '../../engine/rpc/protocol';
import { UserError } from '../../config/userError';
import { runName, runPaths } from '../../run/runDirectory';
import { parseSpectrum } from '../../run/spectra';
import { ReplaceableLines } from './replaceableLines';
import { RankSource } from './rankSource';

/** Lines parsed before the extension host gets its turn; each may hold thousands of singular values. */
const LINES_AT_ONCE = 100;

/** Fills a source from where its spectra are: a run's spectra.jsonl as it grows, or the engine's look at an adapter. */
export interface RankReader {
  readonly source: RankSource;
  /** Reads what is new. True when there was something. */
  poll(): Promise<boolean>;
}

/** Rejects with a UserError when there are no spectra at `path`. */
export async function openRankReader(
  path: string,
  inspect: (path: string) => Promise<Inspection>,
): Promise<RankReader> {
  const paths = runPaths(path);
  if (!(await exists(paths.status))) return inspected(path, inspect);
  const reader = followed(path, paths.spectra);
  await reader.poll();
  return reader;
}

function followed(root: string, file: string): RankReader {
  const source = new RankSource(root, 'run', runName(root, null));
  const follower = new ReplaceableLines(file);
  const read = async (): Promise<boolean> => {
    const { lines, restarted } = await follower.read();
    if (restarted) source.clear();
    for (const [index, line] of lines.entries()) {
      const spectrum = parseSpectrum(line);
      if (spectrum !== undefined) source.add(spectrum.step, spectrum);
      if (index % LINES_AT_ONCE === LINES_AT_ONCE - 1) await setImmediate();
    }
    return restarted || lines.length > 0;
  };
  let reading: Promise<boolean> | undefined;
  return { source, poll: () => (reading ??= read().finally(() => (reading = undefined))) };
}

async function inspected(path: string, inspect: (path: string) => Promise<Inspection>): Promise<RankReader> {
  const { modules } = await inspect(path);
  if (modules.length === 0) {
    throw new UserError(`${path}: there is no adapter in it; choose a run, a checkpoint or an adapter folder.`);
  }
  // A checkpoint says whose it is: "pronounce, step-0000100".
  const isCheckpoint = basename(dirname(path)) === 'checkpoints';
  const run = runName(dirname(dirname(path)), null);
  const source = new RankSource(path, 'adapter', isCheckpoint ? `${run}, ${basename(path)}` : basename(path));
  for (const spectrum of modules) source.add(0, spectrum);
  return { source, poll: async () => false };
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
