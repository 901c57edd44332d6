import { dirname, resolve } from 'node:path';
import { requireConfiguration } from '../config/parse';
import { resolvePaths } from '../config/resolvePaths';
import { UserError } from '../config/userError';
import { checkInputs } from '../engine/rpc/checkInputs';
import type { SuggestParams } from '../engine/rpc/suggestion';
import { readConfigurationFile } from './configurationFile';
import { confirm } from './confirm';
import { measured } from './measured';
import { suggestionText } from './suggestionText';
import { standardTerminal } from './terminal';
import { writeChanges } from './writeChanges';

export interface SuggestOptions {
  /** Share of all modules to propose; as many as the configuration trains now, or half of all, unless given. */
  readonly share?: number;
  /** Trainable parameters; as many as the configuration trains now unless given. */
  readonly budget?: number;
  readonly batches?: number;
  /** Write the proposal into the document, after asking. */
  readonly write?: boolean;
  /** Write it without asking. */
  readonly yes?: boolean;
  readonly json: boolean;
  readonly debug: boolean;
}

/** One batch of many examples already orders the modules as twelve do (docs/results/suggest.md); more are for uneven data. */
const DEFAULT_BATCHES = 4;
const INTERRUPTED = 130;

/** `mora plan --suggest`: which modules matter for the data, and what to train of them; returns the exit code. */
export async function suggest(file: string, options: SuggestOptions): Promise<number> {
  const { json, debug, write = false, yes = false } = options;
  // Whoever cannot be asked should hear it before the measurement, which takes long.
  if (write && !yes && !process.stdin.isTTY) {
    throw new UserError(`--write asks before it changes ${file}, and there is no terminal to ask on; add --yes.`);
  }
  const text = await readConfigurationFile(file);
  const configuration = resolvePaths(requireConfiguration(text, file), dirname(resolve(file)));
  await checkInputs(configuration, file);
  const params: SuggestParams = {
    configuration,
    file: resolve(file),
    batches: options.batches ?? DEFAULT_BATCHES,
    share: options.share ?? null,
    budget: options.budget ?? null,
  };
  const suggestion = await measured(file, debug, (engine, onProgress, signal) =>
    engine.suggest(params, onProgress, signal),
  );
  if (suggestion === undefined) return INTERRUPTED;
  process.stdout.write(`${json ? JSON.stringify(suggestion) : suggestionText(suggestion, standardTerminal())}\n`);
  if (write && (yes || (await confirm(`Write this into ${file}?`)))) {
    await writeChanges(file, text, suggestion.proposal.changes);
    process.stderr.write(`mora: wrote it into ${file}\n`);
  }
  return 0;
}
