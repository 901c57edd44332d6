import { UserError } from '../../config/userError';
import { DROP_REASONS, type DropReason } from '../../run/dataReport';
import type { ReadingCounts } from './readingCounts';

/** What is said of examples that are left out, after their number; and how to mend it. */
export const DROPPED: Readonly<Record<DropReason, { readonly why: string; readonly mend: string }>> = {
  nothingToLearn: {
    why: 'with nothing to learn (no answer, no text, or every label ignored)',
    mend: 'give them something to learn',
  },
  promptTooLong: {
    why: 'whose prompt alone fills "data.maxLength"',
    mend: 'raise "data.maxLength" or shorten the prompts',
  },
  tooLong: { why: 'longer than "data.maxLength"', mend: 'raise "data.maxLength", or let "data.longer" cut them' },
  boundary: {
    why: 'in which one token holds the end of the prompt and the beginning of the answer',
    mend: 'begin the answers with a letter',
  },
};

/** Throws a UserError that says why when not one example came of the data: training would learn nothing from it. */
export function requireExamples({ records, examples, dropped }: ReadingCounts, files: readonly string[]): void {
  if (examples > 0) return;
  const place = files.length === 1 ? (files[0] ?? '') : `${files[0] ?? 'the data'} and ${files.length - 1} more files`;
  if (records === 0) throw new UserError(`${place}: has no examples; put one JSON object on each line.`);
  const [reason] = [...DROP_REASONS].sort((a, b) => dropped[b].count - dropped[a].count);
  if (reason === undefined) throw new Error('there is no reason to drop an example');
  const { count, first } = dropped[reason];
  const { why, mend } = DROPPED[reason];
  throw new UserError(
    `${place}: gives nothing to learn: of ${records} records, ${count} are examples ${why} (the first is ${first ?? 'unknown'}); ${mend}.`,
  );
}
