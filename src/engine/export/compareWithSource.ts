import { Tokenizer } from '../data/tokenizer';
import type { ExportReport } from '../rpc/export';
import { compareLogits } from './compareLogits';
import type { ReadBackExport, WrittenExport } from './exportFormat';
import type { ExportSource } from './exportSource';
import { logitsOf, type AppliedAdapter, type LogitsOptions, type ReadBackModel } from './logits';
import { testSequences } from './testSequences';
import { trainedModel } from './weightChanges';

export type LogitsReport = ExportReport['logits'];

/**
 * Runs base plus adapter, the base alone, and what was read back on the same sequences, and says how far their logits
 * are apart. One model is in memory at a time.
 */
export async function compareWithSource(
  source: ExportSource,
  readBack: ReadBackExport,
  { tolerance, toleranceReason }: Pick<WrittenExport, 'tolerance' | 'toleranceReason'>,
  options: Required<LogitsOptions>,
): Promise<LogitsReport> {
  const { config, weights, adapter, modelFolder } = source;
  const [base = [], expected = [], found = []] = await logitsOfEach(
    [
      [{ config, weights }, []],
      // With earlier merges the model that the adapter sits on is not the base.
      [{ config, weights: trainedModel(source) }, adapter.modules],
      [readBack.model, readBack.adapter],
    ],
    await testSequences(config, await Tokenizer.load(modelFolder)),
    options,
  );
  const vocabulary = config.vocabularySize;
  const { largest, scale, changedTokens, positions } = compareLogits(expected, found, vocabulary);
  return {
    difference: largest,
    bound: tolerance === null ? null : tolerance * scale,
    reason: toleranceReason,
    scale,
    adapterEffect: compareLogits(expected, base, vocabulary).largest,
    positions,
    changedTokens,
  };
}

/** The logits of each adapted model; weights that several have in common are loaded once. */
async function logitsOfEach(
  wanted: readonly (readonly [ReadBackModel, AppliedAdapter])[],
  sequences: readonly Int32Array[],
  options: Required<LogitsOptions>,
): Promise<Float32Array[][]> {
  const logits: Float32Array[][] = [];
  for (const weights of new Set(wanted.map(([model]) => model.weights))) {
    const own = wanted.flatMap(([model, adapter], index) =>
      model.weights === weights ? [{ model, adapter, index }] : [],
    );
    const [first] = own;
    if (first === undefined) continue;
    const variants = own.map(({ adapter }) => adapter);
    const found = await logitsOf(first.model, variants, sequences, options);
    own.forEach(({ index }, nth) => (logits[index] = found[nth] ?? []));
  }
  return logits;
}
