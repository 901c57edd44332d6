import type { DataProblem } from '../../run/dataReport';
import type { UnknownMarks } from '../data/chat/unknownMarks';
import { droppedCount, type ReadingCounts } from '../data/readingCounts';

/** What the counts alone do not say. */
export interface DataCircumstances {
  /** Files of "data.train" that "data.validation" names too. */
  readonly heldOutFiles: number;
  /** Whether the tokenizer puts a start token before texts. */
  readonly addsStart: boolean;
  /** Of the chat template, where there are conversations. */
  readonly unknownMarks: UnknownMarks | undefined;
}

/** What about the data is unwise. */
export function dataProblems(
  reading: ReadingCounts,
  { heldOutFiles, addsStart, unknownMarks }: DataCircumstances,
): DataProblem[] {
  const { examples, cut, altered, startTokens, complete, ended, conversations } = reading;
  const dropped = droppedCount(reading);
  const problems: DataProblem[] = [];
  const found = (isSo: boolean, problem: DataProblem): void => {
    if (isSo) problems.push(problem);
  };
  const firstDropped = Object.values(reading.dropped).find(({ count }) => count > 0)?.first ?? null;
  const { marks = [], file = null } = unknownMarks ?? {};
  found(dropped > examples, { kind: 'mostlyDropped', count: dropped, of: dropped + examples, first: firstDropped });
  found(cut.count > examples / 2, { kind: 'mostlyCut', count: cut.count, of: examples, first: cut.first });
  found(altered.count > 0, { kind: 'altered', count: altered.count, of: conversations, first: altered.first });
  found(startTokens.several > 0, {
    kind: 'doubledStart',
    count: startTokens.several,
    of: examples,
    first: reading.firstDoubled,
  });
  found(addsStart && startTokens.none > 0, {
    kind: 'missingStart',
    count: startTokens.none,
    of: examples,
    first: reading.firstUnstarted,
  });
  found(ended < complete, { kind: 'unended', count: complete - ended, of: complete, first: reading.firstUnended });
  found(conversations > 0 && marks.length > 0, {
    kind: 'unknownMarks',
    count: marks.length,
    of: conversations,
    first: file,
    marks: [...marks],
  });
  found(heldOutFiles > 0, { kind: 'heldOut', count: heldOutFiles, of: heldOutFiles, first: null });
  return problems;
}

/** A problem as a sentence: what, where, how to mend it. */
export function problemSentence({ kind, count, of, first, marks = [] }: DataProblem): string {
  const place = first ?? 'an unknown place';
  switch (kind) {
    case 'mostlyDropped':
      return `More than half of the examples are left out: ${count} of ${of}.`;
    case 'mostlyCut':
      return `More than half of the examples lose their end: ${count} of ${of}; raise "data.maxLength".`;
    case 'altered':
      return `The chat template leaves out or changes a message in ${count} of ${of} conversations (first at ${place}).`;
    case 'doubledStart':
      return `${count} of ${of} examples begin with the start token twice (first at ${place}); take it out of the data or of the chat template.`;
    case 'missingStart':
      return `${count} of ${of} examples have no start token, which the tokenizer puts before every text (first at ${place}); let the chat template begin with it ({{ bos_token }}).`;
    case 'unended':
      return `${count} of ${of} examples end with a token at which generation does not stop (first at ${place}); name it in "eos_token_id" of generation_config.json.`;
    case 'unknownMarks':
      return `${place}: the chat template writes ${marks.join(', ')}, which the tokenizer does not know and splits like any text; use the template that belongs to this model as "data.template".`;
    case 'heldOut':
      return `"data.validation" names ${count} files that "data.train" names too; they are not trained on.`;
  }
}
