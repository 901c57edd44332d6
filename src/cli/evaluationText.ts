import type { EvaluationReport, ModelEvaluation } from '../engine/rpc/evaluation';
import { count, loss, percent, perplexity } from './figures';
import { pathFromHere } from './pathFromHere';
import { table, type Column } from './table';
import { paint, type Terminal } from './terminal';
import { visibleText } from './visibleText';

/** A measure: its name, its value, how one is written, and how the difference of two. */
interface Measure {
  readonly title: string;
  readonly of: (evaluation: ModelEvaluation) => number | null;
  readonly text: (value: number | null) => string;
  readonly difference: (value: number) => string;
}

const points = (value: number): string => `${(100 * value).toFixed(1)} points`;

const MEASURES: readonly Measure[] = [
  { title: 'loss', of: (found) => found.loss, text: loss, difference: loss },
  { title: 'perplexity', of: (found) => found.perplexity, text: perplexity, difference: perplexity },
  { title: 'token accuracy', of: (found) => found.accuracy, text: percent, difference: points },
  { title: 'exact match', of: (found) => found.exactMatch, text: percent, difference: points },
];

/** What was measured, as a page for people: without and with the adapter, side by side. */
export function evaluationText({ model, adapter, data, base, adapted }: EvaluationReport, terminal: Terminal): string {
  const lines = [
    `${paint(terminal, 'bold', 'model')}    ${visibleText(pathFromHere(model))}`,
    ...(adapter === null ? [] : [`${paint(terminal, 'bold', 'adapter')}  ${visibleText(pathFromHere(adapter))}`]),
    `${paint(terminal, 'bold', 'data')}     ${filesText(data.files)}: ${examplesText(data)}, ${count(data.tokens)} tokens, ` +
      `${count(data.supervisedTokens)} supervised`,
    ...(data.cut === 0 ? [] : [`         ${count(data.cut)} of them lost the end and are judged by what is left`]),
  ];
  const shown = [
    ...(base === null ? [] : [{ title: 'base', found: base }]),
    ...(adapted === null ? [] : [{ title: 'adapter', found: adapted }]),
  ];
  const columns: Column[] = [
    { title: '', align: 'left' },
    ...shown.map(({ title }): Column => ({ title, align: 'right' })),
    ...(base && adapted ? [{ title: 'difference', align: 'right' } as const] : []),
  ];
  const rows = MEASURES.flatMap(({ title, of, text, difference }) => {
    const values = shown.map(({ found }) => of(found));
    if (title === 'exact match' && values.every((value) => value === null)) return [];
    const [before = null, after = null] = values;
    const change = before === null || after === null ? '' : signed(after - before, difference);
    return [[title, ...values.map(text), ...(base && adapted ? [change] : [])]];
  });
  return [...lines, '', ...table(columns, rows)].join('\n');
}

function filesText(files: readonly string[]): string {
  const first = visibleText(pathFromHere(files[0] ?? ''));
  return files.length > 1 ? `${first} and ${count(files.length - 1)} more` : first;
}

function examplesText({ examples, available }: EvaluationReport['data']): string {
  if (examples < available) return `the first ${count(examples)} of ${count(available)} examples`;
  return examples === 1 ? '1 example' : `${count(examples)} examples`;
}

/** "+1.5": with a sign where it is not nothing. */
function signed(value: number, text: (value: number) => string): string {
  const written = text(Math.abs(value));
  if (written === text(0)) return written;
  return `${value < 0 ? '-' : '+'}${written}`;
}
