import { resolve } from 'node:path';
import type { ExportFormatName, ExportProgress, ExportReport, WeightDtype } from '../engine/rpc/export';
import { withEngine } from './engineProgram';
import { warningLine } from './errorLine';
import { exportText } from './exportText';
import { hubIdOf } from './hubIdOf';
import { liveLine } from './liveLine';
import { standardTerminal } from './terminal';

export interface ExportCommandOptions {
  readonly out: string;
  readonly format: ExportFormatName;
  readonly best: boolean;
  readonly model?: string;
  readonly rank?: number;
  readonly dtype?: WeightDtype;
  readonly json: boolean;
  readonly debug: boolean;
}

const INTERRUPTED = 130;

/** `mora export` and `mora merge`: writes an adapter in another form; returns the exit code. */
export async function exportAdapter(adapter: string, options: ExportCommandOptions): Promise<number> {
  const { out, format, best, model, rank, dtype, json, debug } = options;
  const params = {
    adapter: resolve(adapter),
    best,
    ...(model === undefined ? {} : { model: hubIdOf(model) ?? resolve(model) }),
    out: resolve(out),
    format,
    ...(rank === undefined ? {} : { rank }),
    ...(dtype === undefined ? {} : { dtype }),
  };
  const interruption = new AbortController();
  const interrupt = (): void => interruption.abort();
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
  const line = liveLine(process.stderr);
  const onProgress = (progress: ExportProgress): void => line.show(progress.activity, progress.done / progress.total);
  let report: ExportReport;
  try {
    report = await withEngine(debug, (engine) => engine.export(params, onProgress, interruption.signal));
  } catch (error) {
    if (!interruption.signal.aborted) throw error;
    return INTERRUPTED;
  } finally {
    line.clear();
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
  }
  for (const warning of report.warnings) process.stderr.write(`${warningLine(warning)}\n`);
  process.stdout.write(json ? `${JSON.stringify(report)}\n` : `${exportText(report, standardTerminal())}\n`);
  return 0;
}
