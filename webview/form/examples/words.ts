import * as l10n from '@vscode/l10n';
import type { ExampleRemark, PlannedExample } from '../../../src/engine/rpc/plan';
import type { DataProblem, DropReason } from '../../../src/run/dataReport';
import { counted } from '../../../src/language/counted';
import { formatCount } from '../../shared/format';

/** Why an example is left out, and what to do about it. */
const LEFT_OUT: Readonly<Record<DropReason, string>> = {
  nothingToLearn: l10n.t('there is nothing to learn (no answer, no text, or every label ignored)'),
  promptTooLong: l10n.t('the prompt alone fills "data.maxLength"; raise it or shorten the prompt'),
  tooLong: l10n.t('longer than "data.maxLength"; raise it, or let "data.longer" cut'),
  boundary: l10n.t(
    'one token holds the end of the prompt and the beginning of the answer; begin answers with a letter',
  ),
};

export function leftOutText(reason: DropReason): string {
  return l10n.t('Left out: {0}', LEFT_OUT[reason]);
}

export function leftOutCount(reason: DropReason, count: number): string {
  return counted(count, l10n.t('{0} example left out: {1}'), l10n.t('{0} examples left out: {1}'), LEFT_OUT[reason]);
}

/** What is odd about one example, short enough to stand beside it; the mend is one hover away. */
export function remarkText(remark: ExampleRemark): { readonly text: string; readonly mend: string } {
  switch (remark.kind) {
    case 'doubledStart':
      return {
        text: l10n.t('start token twice'),
        mend: l10n.t('Take one out of the data or of the chat template.'),
      };
    case 'unended':
      return {
        text: l10n.t('no end token'),
        mend: l10n.t(
          'Its last token is not one at which generation stops; name it in "eos_token_id" of generation_config.json.',
        ),
      };
    case 'marks':
      return {
        text: l10n.t('{0} is ordinary text', remark.marks.join(', ')),
        mend: l10n.t('It looks like a special token, but the tokenizer splits it like any text.'),
      };
  }
}

/** What became of an example while it was made to fit, a text each; none when nothing did. */
export function fateText({ truncated, part }: PlannedExample): readonly string[] {
  return [
    ...(truncated ? [l10n.t('cut at the end')] : []),
    ...(part === null ? [] : [l10n.t('part {0} of {1} of its record', formatCount(part.number), formatCount(part.of))]),
  ];
}

/** Whether training on it would teach what nobody wants, or is only unwise. */
export function isError({ kind, count, of }: DataProblem): boolean {
  return kind === 'doubledStart' || (kind === 'unended' && count === of);
}

/** A problem as a sentence: what, and how to mend it. Where it is first is a button beside it. */
export function problemText({ kind, count, of, marks = [] }: DataProblem): string {
  const [some, all] = [formatCount(count), formatCount(of)];
  switch (kind) {
    case 'mostlyDropped':
      return l10n.t('More than half of the examples are left out: {0} of {1}.', some, all);
    case 'mostlyCut':
      return l10n.t('More than half of the examples lose their end: {0} of {1}; raise "data.maxLength".', some, all);
    case 'altered':
      return l10n.t('The chat template leaves out or changes a message in {0} of {1} conversations.', some, all);
    case 'doubledStart':
      return l10n.t(
        '{0} of {1} examples begin with the start token twice; take it out of the data or of the chat template.',
        some,
        all,
      );
    case 'missingStart':
      return l10n.t(
        '{0} of {1} examples have no start token, which the tokenizer puts before every text; let the chat template begin with it ({2}).',
        some,
        all,
        '{{ bos_token }}',
      );
    case 'unended':
      return l10n.t(
        '{0} of {1} examples end with a token at which generation does not stop, so the model would not learn to end; name it in "eos_token_id" of generation_config.json.',
        some,
        all,
      );
    case 'unknownMarks':
      return l10n.t(
        'The chat template writes {0}, which the tokenizer does not know and splits like any text; use the template that belongs to this model as "data.template".',
        marks.join(', '),
      );
    case 'heldOut':
      return counted(
        count,
        l10n.t('"data.validation" names {0} file that "data.train" names too; it is not trained on.'),
        l10n.t('"data.validation" names {0} files that "data.train" names too; they are not trained on.'),
      );
  }
}

/** "93" of 0.928: the sign stands in the text around it. */
export function percent(share: number): string {
  return formatCount(Math.round(100 * share));
}
