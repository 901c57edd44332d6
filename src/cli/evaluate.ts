import { resolve } from 'node:path';
import { UserError } from '../config/userError';
import type { EvaluateParams, EvaluateProgress } from '../engine/rpc/evaluation';
import { adapterSource } from './adapterSource';
import { withEngine } from './engineProgram';
import { warningLine } from './errorLine';
import { evaluatedDocument, type EvaluatedOptions } from './evaluatedDocument';
import { evaluationText } from './evaluationText';
import { interruptible } from './interruptible';
import { liveLine } from './liveLine';
import { standardTerminal } from './terminal';

export interface EvaluateOptions extends EvaluatedOptions {
  readonly best: boolean;
  /** False leaves the model without the adapter out. */
  readonly base: boolean;
  readonly exactMatch: boolean;
  readonly limit?: number;
  readonly batchSize?: number;
  readonly json: boolean;
  readonly debug: boolean;
}

/** `mora evaluate`: loss and hits on data, without and with an adapter, side by side; returns the exit code. */
export async function evaluate(target: string, options: EvaluateOptions): Promise<number> {
  const { base, best, exactMatch, limit = null, batchSize = null, json, debug } = options;
  const { configuration, file, adapter } = await evaluatedDocument(target, options);
  if (adapter === undefined && best) {
    throw new UserError("--best chooses a run's best checkpoint; give the run with --adapter.");
  }
  if (adapter === undefined && !base) {
    throw new UserError('--no-base leaves the adapter alone in the table; give one with --adapter.');
  }
  const source = adapter === undefined ? undefined : await adapterSource(adapter, best);
  const params: EvaluateParams = {
    configuration,
    file: resolve(file),
    ...(source && { adapter: source.folder }),
    base,
    exactMatch,
    limit,
    rows: batchSize,
  };
  return interruptible(async (signal) => {
    const line = liveLine(process.stderr);
    const onProgress = ({ activity, share }: EvaluateProgress): void => line.show(activity, share);
    const report = await withEngine(debug, (engine) => engine.evaluate(params, onProgress, signal)).finally(() =>
      line.clear(),
    );
    for (const warning of report.warnings) process.stderr.write(`${warningLine(warning)}\n`);
    process.stdout.write(json ? `${JSON.stringify(report)}\n` : `${evaluationText(report, standardTerminal())}\n`);
  });
}
