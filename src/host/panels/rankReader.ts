import { access } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import * as l10n from '@vscode/l10n';
import type { ChangeSource } from '../../engine/rpc/changes';
import type { Inspection } from '../../engine/rpc/inspection';
import { UserError } from '../../config/userError';
import { formatNumber } from '../../language/language';
import { listCheckpoints } from '../../run/checkpoints';
import { runName, runPaths } from '../../run/runDirectory';
import { parseSpectrum } from '../../run/spectra';
import { readStatus } from '../../run/status';
import { FileChanges, type FileChange } from './fileChanges';
import { differenceName, pairOf, type ModelPair } from './rankKey';
import { ReplaceableLines } from './replaceableLines';
import { RankSource } from './rankSource';

/** Lines parsed before the extension host gets its turn; each may hold thousands of singular values. */
const LINES_AT_ONCE = 100;

/** Fills a source from where its spectra are: a run's spectra.jsonl as it grows, or the engine's look at an adapter. */
export interface RankReader {
  readonly source: RankSource;
  /** Of a difference: the models, whose spectra are still to be computed. */
  readonly pair?: ModelPair;
  /** Reads what is new. True when there was something. */
  poll(): Promise<boolean>;
  /** The change that the source is of at a step, for what needs its weights. Rejects with a UserError. */
  change(step: number): Promise<ChangeSource>;
}

/** `key` is a path or a difference. Rejects with a UserError when there are no spectra at a path. */
export async function openRankReader(key: string, inspect: (path: string) => Promise<Inspection>): Promise<RankReader> {
  const pair = pairOf(key);
  if (pair !== undefined) return difference(key, pair);
  const paths = runPaths(key);
  if (!(await exists(paths.status))) return inspected(key, inspect);
  const reader = followed(key, paths.spectra);
  await reader.poll();
  return reader;
}

function difference(key: string, pair: ModelPair): RankReader {
  const source = new RankSource(key, 'difference', differenceName(pair));
  return { source, pair, poll: async () => false, change: async () => ({ kind: 'difference', ...pair }) };
}

function followed(root: string, file: string): RankReader {
  const source = new RankSource(root, 'run', runName(root, null));
  const follower = new ReplaceableLines(file);
  const read = async (): Promise<boolean> => {
    const { lines, restarted } = await follower.read();
    if (restarted) source.clear();
    for (const [index, line] of lines.entries()) {
      const spectrum = parseSpectrum(line);
      if (spectrum === undefined) source.skip(file);
      else source.add(spectrum.step, spectrum);
      if (index % LINES_AT_ONCE === LINES_AT_ONCE - 1) await setImmediate();
    }
    return restarted || lines.length > 0;
  };
  const status = new FileChanges(runPaths(root).status);
  const look = async (): Promise<boolean> => {
    source.startedAt ??= (await readStatus(runPaths(root).status))?.startedAt;
    const [hasLines, isNews] = [await read(), tellGone(source, await status.look())];
    return hasLines || isNews;
  };
  let reading: Promise<boolean> | undefined;
  return {
    source,
    poll: () => (reading ??= look().finally(() => (reading = undefined))),
    change: async (step) => {
      const checkpoint = (await listCheckpoints(runPaths(root).checkpoints)).find((each) => each.step === step);
      if (checkpoint !== undefined) return { kind: 'adapter', path: checkpoint.folder };
      throw new UserError(
        l10n.t(
          '{0}: the checkpoint of step {1} is gone, and its weights are needed for this; choose a later step.',
          root,
          formatNumber(step),
        ),
      );
    },
  };
}

async function inspected(path: string, inspect: (path: string) => Promise<Inspection>): Promise<RankReader> {
  const isFile = /\.(?:safetensors|json)$/.test(path);
  const weights = new FileChanges(isFile ? path : join(path, 'adapter_model.safetensors'));
  await weights.look();
  const { modules, warnings } = await inspect(path);
  if (modules.length === 0) {
    throw new UserError(
      l10n.t('{0}: there is no adapter in it; choose a run, a checkpoint or an adapter folder.', path),
    );
  }
  // A checkpoint says whose it is: "pronounce, step-0000100".
  const isCheckpoint = basename(dirname(path)) === 'checkpoints';
  const run = runName(dirname(dirname(path)), null);
  const source = new RankSource(path, 'adapter', isCheckpoint ? `${run}, ${basename(path)}` : nameOf(path));
  for (const spectrum of modules) source.add(0, spectrum);
  for (const warning of warnings) source.warn(warning);
  // What could not be read is tried again at each poll, so that the view says so as long as it is true.
  let isStale = false;
  const poll = async (): Promise<boolean> => {
    const change = await weights.look();
    if (change !== 'same') isStale = change !== 'gone';
    if (!isStale) return tellGone(source, change);
    const { modules: now } = await inspect(path);
    source.clear();
    for (const spectrum of now) source.add(0, spectrum);
    isStale = false;
    tellGone(source, 'back');
    return true;
  };
  return { source, poll, change: async () => ({ kind: 'adapter', path }) };
}

/** Says that what is shown is no more, or takes it back; whether there was something to say. */
function tellGone(source: RankSource, change: FileChange): boolean {
  const sentence = l10n.t('{0}: is gone; what is shown is what was read of it.', source.path);
  switch (change) {
    case 'same':
      return false;
    case 'gone':
      source.warn(sentence);
      return true;
    case 'back':
    case 'changed':
      // The status of a run changes all the time.
      return source.withdraw(sentence);
  }
}

/** Adapter files are all called alike; their folders tell them apart. */
function nameOf(path: string): string {
  return /^adapter_(?:model\.safetensors|config\.json)$/.test(basename(path))
    ? basename(dirname(path))
    : basename(path);
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
