import type { ExportReport } from '../engine/rpc/export';
import { formatBytes } from '../language/bytes';
import { count } from './figures';
import { table, type Column } from './table';
import { paint, type Terminal } from './terminal';
import { visibleText } from './visibleText';
import { differenceText, errorText, EXACT_SHARE } from '../engine/rpc/exportFigures';

/** What was exported and how near it is, as a page for people. */
export function exportText(report: ExportReport, terminal: Terminal): string {
  const { out, format, logits, approximations, overall } = report;
  const lines = [
    `${paint(terminal, 'bold', 'wrote')}  ${visibleText(out)}  ${format}, ${formatBytes(report.bytes)}`,
    `of     ${visibleText(report.adapter)}`,
    `on     ${visibleText(report.model)}`,
  ];
  if (overall !== undefined && approximations.every(({ error }) => error < EXACT_SHARE)) {
    lines.push('', `each of ${count(approximations.length)} ΔW exactly: ‖ΔW − BA‖ / ‖ΔW‖ is 0 within rounding`);
  } else if (overall !== undefined) {
    const columns: Column[] = [
      { title: 'module', align: 'left' },
      { title: 'rank', align: 'right' },
      { title: 'error', align: 'right' },
      { title: 'least possible', align: 'right' },
    ];
    const rows = approximations.map(({ name, rank, error, optimum }) => [
      visibleText(name),
      count(rank),
      errorText(error),
      errorText(optimum),
    ]);
    lines.push(
      '',
      ...table(columns, [...rows, ['all together', '', errorText(overall.error), errorText(overall.optimum)]]),
    );
    lines.push('error: ‖ΔW − BA‖ / ‖ΔW‖, as written; least possible: by the singular values of ΔW, for this rank.');
  }
  const bound =
    logits.bound === null ? logits.reason : `at most ${differenceText(logits.bound)} was due: ${logits.reason}`;
  lines.push(
    '',
    `read back: logits differ from base plus adapter by ${differenceText(logits.difference)} at most; ${bound}`,
    `           largest logit ${differenceText(logits.scale)}; the adapter itself moves logits by up to ${differenceText(logits.adapterEffect)}; ` +
      `likeliest token differs at ${logits.changedTokens} of ${logits.positions}`,
  );
  return lines.join('\n');
}
