import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../../config/userError';
import { atomicWrite } from '../../run/atomicWrite';
import type { ExportParams, ExportProgress, ExportReport, WeightDtype } from '../rpc/export';
import type { FloatDtype } from '../weights/dtype';
import { moduleApproximation, overallApproximation } from './approximation';
import { compareWithSource } from './compareWithSource';
import type { ExportFormat, ExportOptions, WrittenExport } from './exportFormat';
import { exportReadme } from './exportReadme';
import { openExportSource, type ExportSource } from './exportSource';
import { formatNamed } from './formats/formats';
import type { LogitsReport } from './compareWithSource';
import { createOutputFolder } from './outputFolder';

/**
 * Writes an adapter in another form into the folder `out`, which appears only when what was written has been read back
 * and its logits agree with those of base plus adapter. Throws a UserError when the format cannot say the adapter, when
 * `out` has content, and when the logits do not agree: then what was written stays beside `out`, with another name.
 * Throws the signal's reason when aborted, and leaves nothing.
 */
export async function exportAdapter(
  params: ExportParams,
  onProgress: (progress: ExportProgress) => void,
  signal: AbortSignal,
): Promise<ExportReport> {
  const format = formatNamed(params.format);
  const options = optionsOf(params);
  requireTaken(params.format, format, options);
  const source = await openExportSource(params.adapter, params);
  try {
    format.check(source, options);
    const output = await createOutputFolder(params.out, format.expectedBytes(source, options));
    const folder = output.unfinished;
    let activity: ExportProgress['activity'] = 'writing';
    const report = (done: number, total: number): void => onProgress({ activity, done, total });
    let judging = false;
    try {
      const written = await format.write({ source, options, folder, signal, onProgress: report });
      activity = 'reading back';
      judging = true;
      const readBack = await written.readBack();
      let logits: LogitsReport;
      try {
        activity = 'comparing';
        logits = await compareWithSource(source, readBack, written, { signal, onProgress: report });
      } finally {
        await readBack.close();
      }
      if (!agrees(logits)) throw disagreement(folder, logits);
      const result = reportOf(params, source, written, logits, await bytesIn(folder));
      await atomicWrite(join(folder, 'README.md'), exportReadme(result, written.usage));
      signal.throwIfAborted();
      await output.finish();
      return result;
    } catch (error) {
      // What is wrong is worth a look; what is merely unfinished is not.
      if (!judging || signal.aborted) await output.discard();
      throw error;
    }
  } finally {
    await source.weights.close();
  }
}

const FLOAT_DTYPE: Readonly<Record<WeightDtype, FloatDtype>> = { float32: 'F32', float16: 'F16', bfloat16: 'BF16' };

function optionsOf({ rank, dtype }: ExportParams): ExportOptions {
  return {
    ...(rank === undefined ? {} : { rank }),
    ...(dtype === undefined ? {} : { dtype: FLOAT_DTYPE[dtype] }),
  };
}

function requireTaken(name: string, { takes }: ExportFormat, options: ExportOptions): void {
  for (const option of ['rank', 'dtype'] as const) {
    if (options[option] === undefined || takes.includes(option)) continue;
    throw new UserError(`--${option} means nothing to --format ${name}; leave it out.`);
  }
}

/** Written so that NaN does not agree. */
function agrees({ difference, bound }: LogitsReport): boolean {
  return bound === null ? Number.isFinite(difference) : difference <= bound;
}

function disagreement(folder: string, { difference, bound, reason }: LogitsReport): UserError {
  return new UserError(
    `${folder}: was written, but its logits are up to ${difference.toPrecision(3)} from those of base plus adapter, where ` +
      `${bound === null ? 'a finite number' : `at most ${bound.toPrecision(3)}`} was due (${reason}); it is no export, delete it and report this as a bug.`,
  );
}

function reportOf(
  { out, format }: ExportParams,
  { adapterFolder, modelFolder, adapter }: ExportSource,
  { approximations, warnings }: WrittenExport,
  logits: LogitsReport,
  bytes: number,
): ExportReport {
  const overall = overallApproximation(approximations);
  return {
    out,
    format,
    adapter: adapterFolder,
    model: modelFolder,
    bytes,
    approximations: approximations.map(moduleApproximation),
    ...(overall === undefined ? {} : { overall }),
    logits,
    warnings: [...adapter.warnings, ...warnings, ...doubts(logits)],
  };
}

/** What is true of the logits though it should not surprise anybody later. */
function doubts({ adapterEffect, difference, bound }: LogitsReport): string[] {
  const figures = `the logits by ${difference.toPrecision(2)}, the adapter itself by ${adapterEffect.toPrecision(2)}`;
  if (adapterEffect === 0) return ['The adapter changes no logit at all: it is as it was before its first step.'];
  if (bound === null && difference > adapterEffect / 2) {
    return [
      `What a LoRA of this rank leaves out moves ${figures}: most of what was learned is lost; --format merged keeps it, or a larger --rank more of it.`,
    ];
  }
  if (bound === null || difference < adapterEffect / 10) return [];
  return [`Rounding moves ${figures}: a good part of what was learned is lost; --dtype float32 keeps it.`];
}

async function bytesIn(folder: string): Promise<number> {
  let bytes = 0;
  for (const name of await readdir(folder, { recursive: true })) {
    const found = await stat(join(folder, name));
    if (found.isFile()) bytes += found.size;
  }
  return bytes;
}
