import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { UserError, systemErrorCode } from '../config/userError';

/** Where runs live, below the folder of the configuration document. */
export const RUNS_FOLDER = join('.mora', 'runs');

/** The files of one run. The run directory is the contract: whoever trains writes it, whoever shows reads it. */
export interface RunPaths {
  readonly root: string;
  /** The resolved configuration that ran. */
  readonly config: string;
  readonly status: string;
  /** What became of the data. */
  readonly data: string;
  readonly metrics: string;
  readonly spectra: string;
  /** What the model wrote as it learned. */
  readonly samples: string;
  readonly log: string;
  readonly checkpoints: string;
  /** Model folder of a run that started from random weights. */
  readonly base: string;
}

export function runPaths(root: string): RunPaths {
  return {
    root,
    config: join(root, 'config.json'),
    status: join(root, 'status.json'),
    data: join(root, 'data.json'),
    metrics: join(root, 'metrics.jsonl'),
    spectra: join(root, 'spectra.jsonl'),
    samples: join(root, 'samples.jsonl'),
    log: join(root, 'log.txt'),
    checkpoints: join(root, 'checkpoints'),
    base: join(root, 'base'),
  };
}

/** "pronounce.mora.json" → "pronounce". */
export function configurationName(file: string): string {
  return basename(file).replace(/(\.mora)?\.jsonc?$/i, '');
}

/** What a person calls a run: the name of its configuration, else its id without the time. */
export function runName(root: string, configurationFile: string | null): string {
  if (configurationFile !== null) return configurationName(configurationFile);
  return basename(root).replace(/^\d{8}-\d{6}-(?=.)/, '');
}

/** A sortable id that says what ran: "20260131-142501-pronounce". */
function newRunId(configurationFile: string, now: Date): string {
  const stamp = now.toISOString().slice(0, 19).replace(/[-:]/g, '').replace('T', '-');
  return `${stamp}-${idPart(configurationFile)}`;
}

/** What the id of a run has of the name of its configuration. */
export function idPart(configurationFile: string): string {
  return configurationName(configurationFile)
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .slice(0, 60);
}

/**
 * Makes a new run directory below `parent` (the configuration's folder); a taken id gets a number.
 * The directory is new and empty when this returns.
 */
export async function createRun(parent: string, configurationFile: string, now = new Date()): Promise<string> {
  const runs = join(parent, RUNS_FOLDER);
  await mkdir(runs, { recursive: true });
  await ignoreInGit(join(parent, '.mora'));
  const id = newRunId(configurationFile, now);
  for (let attempt = 1; ; attempt++) {
    const root = join(runs, attempt === 1 ? id : `${id}-${attempt}`);
    try {
      await mkdir(root);
      return root;
    } catch (error) {
      if (systemErrorCode(error) !== 'EEXIST') throw error;
    }
  }
}

/** Makes the run directory a user asked for by path; refuses one with content. */
export async function createRunAt(root: string): Promise<string> {
  await mkdir(root, { recursive: true });
  const content = await readdir(root);
  if (content.length > 0) {
    throw new UserError(`${root}: the run directory is not empty; choose another, or continue that run with --resume.`);
  }
  return root;
}

async function ignoreInGit(folder: string): Promise<void> {
  try {
    await writeFile(join(folder, '.gitignore'), '*\n', { flag: 'wx' });
  } catch (error) {
    if (systemErrorCode(error) !== 'EEXIST') throw error;
  }
}
