import type { DataReport } from './dataReport';

/** A report as lines for people, without its warnings: what is trained on first, then what became of the rest. */
export function dataReportLines(report: DataReport): string[] {
  const { train, validation, packing, startTokens, dropped, cut } = report;
  const lines = [
    `${number(train.examples)} examples to train, ${number(validation.examples)} to validate, from ` +
      `${number(report.records)} records in ${plural(report.files, 'file')}`,
    `${number(train.tokens)} tokens, ${number(train.supervisedTokens)} supervised: ` +
      `${number(report.fewestSupervised)} at least and ${mean(train.supervisedTokens, train.examples)} on average ` +
      `in an example; longest ${number(report.longest)}`,
  ];
  if (report.conversationTexts > report.conversations) {
    lines.push(
      `${plural(report.conversations, 'conversation')} became ${number(report.conversationTexts)} texts: ` +
        'the template writes earlier turns otherwise once more follows',
    );
  }
  if (report.windowed > 0) {
    lines.push(
      `${plural(report.windowed, 'text')} longer than "data.maxLength" became ${number(report.windows)} windows`,
    );
  }
  if (cut.count > 0) lines.push(`${plural(cut.count, 'example')} lost the end${firstAt(cut.first)}`);
  for (const { count, first, why } of dropped)
    lines.push(`left out: ${plural(count, 'example')} ${why}${firstAt(first)}`);
  // Of each only what there is to count: ready-made tokens end as their maker wished.
  const parts = [
    ...(report.complete === 0
      ? []
      : [`end token learned in ${number(report.ended)} of ${number(report.complete)} complete examples`]),
    ...(startTokens === null ? [] : [`one start token in ${number(startTokens.one)} of ${number(allOf(startTokens))}`]),
    ...(packing === null ? [] : [`rows of ${number(packing.rowLength)} tokens ${percent(packing.efficiency)} full`]),
  ];
  if (parts.length > 0) lines.push(parts.join('; '));
  return lines;
}

function firstAt(first: string | null): string {
  return first === null ? '' : ` (first at ${first})`;
}

function allOf({ none, one, several }: NonNullable<DataReport['startTokens']>): number {
  return none + one + several;
}

function mean(sum: number, count: number): string {
  return count === 0 ? '0' : (sum / count).toFixed(1);
}

function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}

function plural(count: number, noun: string): string {
  return `${number(count)} ${noun}${count === 1 ? '' : 's'}`;
}

function number(value: number): string {
  return value.toLocaleString('en-US');
}
