import type { PreparedRun } from '../engine/rpc/prepareRun';
import { listCheckpoints } from '../run/checkpoints';
import { readLines } from '../run/lineFile';
import { parseMetric } from '../run/metrics';
import { runPaths } from '../run/runDirectory';
import { parseSpectrum, type SpectrumLine } from '../run/spectra';
import { count, duration, loss, measure } from './figures';
import { table, type Column } from './table';

/** What came of one training of the demo. */
export interface Outcome {
  readonly title: string;
  /** Folder of the last checkpoint. */
  readonly checkpoint: string;
  readonly parameters: number;
  /** Validation loss at the first and at the last evaluation, with their steps. */
  readonly first: { readonly step: number; readonly loss: number | null } | undefined;
  readonly last: { readonly step: number; readonly loss: number | null } | undefined;
  /** Means over all modules, at the last checkpoint. */
  readonly effectiveRank: number;
  readonly rankBound: number;
  readonly seconds: number;
}

/** Reads what a run left in its directory. */
export async function readOutcome(title: string, { root }: PreparedRun, seconds: number): Promise<Outcome> {
  const paths = runPaths(root);
  const evaluations = (await readLines(paths.metrics))
    .map(parseMetric)
    .filter((metric) => metric?.kind === 'evaluation');
  const spectra = lastSpectra(await readLines(paths.spectra));
  const checkpoint = (await listCheckpoints(paths.checkpoints)).at(-1)?.folder;
  if (checkpoint === undefined) throw new Error(`${root}: the run finished without a checkpoint`);
  return {
    title,
    checkpoint,
    parameters: sum(spectra.map((spectrum) => spectrum.parameters)),
    first: evaluations[0],
    last: evaluations.at(-1),
    effectiveRank: sum(spectra.map((spectrum) => spectrum.effectiveRank)) / spectra.length,
    rankBound: sum(spectra.map((spectrum) => spectrum.rankBound)) / spectra.length,
    seconds,
  };
}

export function comparisonTable(outcomes: readonly Outcome[]): string[] {
  const columns: Column[] = [
    { title: '', align: 'left' },
    { title: 'parameters', align: 'right' },
    { title: `validation loss at step ${outcomes[0]?.first?.step ?? 0}`, align: 'right' },
    { title: `at step ${outcomes[0]?.last?.step ?? 0}`, align: 'right' },
    { title: 'mean effective rank', align: 'right' },
    { title: 'mean rank bound', align: 'right' },
    { title: 'time', align: 'right' },
  ];
  const rows = outcomes.map(({ title, parameters, first, last, effectiveRank, rankBound, seconds }) => [
    title,
    count(parameters),
    loss(first?.loss ?? null),
    loss(last?.loss ?? null),
    measure(effectiveRank),
    measure(rankBound),
    duration(seconds),
  ]);
  return table(columns, rows);
}

function lastSpectra(lines: readonly string[]): SpectrumLine[] {
  const spectra = lines.map(parseSpectrum).filter((spectrum) => spectrum !== undefined);
  const newest = Math.max(...spectra.map(({ step }) => step));
  return spectra.filter(({ step }) => step === newest);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
