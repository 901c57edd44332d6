import { runLabels } from './runLabels';
import type { RunSource } from './runSource';
import type { Column } from './series/column';

const HEADER =
  'run,kind,step,epoch,tokens,seconds,loss,accuracy,learning_rate,gradient_norm,tokens_per_second,resident_bytes';

/** Every point of the runs as CSV, in pieces of a line: steps first, then evaluations. Tokens are counted from the start. */
export function* runCsv(sources: readonly RunSource[]): Generator<string> {
  yield `${HEADER}\n`;
  const labels = runLabels(sources);
  for (const [index, { name, series }] of sources.entries()) {
    const run = csvText(labels[index] ?? name);
    const { steps, evaluations } = series;
    for (let i = 0; i < steps.step.length; i++) {
      const values = [
        ...[steps.step, steps.epoch, steps.tokens, steps.seconds, series.loss.values],
        undefined,
        ...[series.learningRate, series.gradNorm, series.tokensPerSecond, series.residentBytes].map(
          ({ values: column }) => column,
        ),
      ];
      yield `${run},step,${values.map((column) => cell(column, i)).join()}\n`;
    }
    for (let i = 0; i < evaluations.step.length; i++) {
      const values = [
        ...[evaluations.step, evaluations.epoch, evaluations.tokens, evaluations.seconds],
        ...[series.validationLoss.values, series.accuracy.values],
      ];
      yield `${run},evaluation,${values.map((column) => cell(column, i)).join()},,,,\n`;
    }
  }
}

function cell(column: Pick<Column, 'at'> | undefined, index: number): string {
  const value = column?.at(index) ?? NaN;
  return Number.isNaN(value) ? '' : String(value);
}

/** Quoted when it must be (RFC 4180). */
export function csvText(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
