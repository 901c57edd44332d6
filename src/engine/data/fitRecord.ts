import { fitLength, type Fitted, type LengthLimit } from './fitLength';
import type { LabelledRecord } from './labelRecords';

/**
 * What becomes of a record, text by text, in order: examples, or a reason why there are none. `prefix` is what the
 * tokenizer puts before a text.
 */
export function fitRecord(
  { kind, sequences, straddled }: LabelledRecord,
  limit: LengthLimit,
  prefix: readonly number[],
): Fitted[] {
  if (sequences.length + straddled === 0) return [{ kind: 'dropped', reason: 'nothingToLearn' }];
  return [
    ...Array.from({ length: straddled }, (): Fitted => ({ kind: 'dropped', reason: 'boundary' })),
    ...sequences.map((sequence) => fitLength(sequence, limit, kind === 'text', prefix)),
  ];
}
