import { Tokenizer } from '../data/tokenizer';
import type { ExportReport } from '../rpc/protocol';
import { compareLogits } from './compareLogits';
import type { ReadBackExport, WrittenExport } from './exportFormat';
import type { ExportSource } from './exportSource';
import { logitsOf, type LogitsOptions } from './logits';
import { testSequences } from './testSequences';

export type LogitsReport = ExportReport['logits'];

/**
 * Runs base plus adapter, the base alone, and what was read back on the same sequences, and says how far their logits
 * are apart. One model is in memory at a time.
 */
export async function compareWithSource(
  source: ExportSource,
  { model, adapter }: ReadBackExport,
  { tolerance, toleranceReason }: Pick<WrittenExport, 'tolerance' | 'toleranceReason'>,
  options: Required<LogitsOptions>,
): Promise<LogitsReport> {
  const { config, weights } = source;
  const sequences = await testSequences(config, await Tokenizer.load(source.modelFolder));
  const sameModel = model.weights === weights;
  const [base = [], expected = [], onSame] = await logitsOf(
    { config, weights },
    [[], source.adapter.modules, ...(sameModel ? [adapter] : [])],
    sequences,
    options,
  );
  const found = onSame ?? (await logitsOf(model, [adapter], sequences, options))[0] ?? [];
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
