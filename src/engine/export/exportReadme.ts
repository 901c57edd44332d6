import { basename } from 'node:path';
import { modelFolderName } from '../hub/modelFolderName';
import type { ExportReport } from '../rpc/export';
import { differenceText, errorText } from '../rpc/exportFigures';

/** README.md of an export: what it is, how to use it, and how near it is to base plus adapter, in figures. */
export function exportReadme(report: ExportReport, usage: string): string {
  const { format, adapter, model, approximations, overall, logits, warnings } = report;
  const lines = [
    ...(format === 'merged' ? ['---', 'library_name: transformers', '---', ''] : []),
    ...(format === 'peft' || format === 'mora' ? ['---', 'library_name: peft', '---', ''] : []),
    `# ${inline(basename(report.out))}`,
    '',
    `Made by MoRA Studio: \`mora export --format ${format}\` of the adapter \`${inline(basename(adapter))}\` on \`${inline(modelFolderName(model))}\`.`,
    '',
    usage,
    '',
    '## How near it is',
    '',
    `Read back and run on ${logits.positions} tokens, its logits are at most ${differenceText(logits.difference)} from those of base plus adapter ` +
      `(largest logit ${differenceText(logits.scale)}; the adapter itself moves them by up to ${differenceText(logits.adapterEffect)}). ` +
      (logits.bound === null
        ? `${capital(logits.reason)}.`
        : `At most ${differenceText(logits.bound)} was due: ${logits.reason}.`),
    `The likeliest token differs at ${logits.changedTokens} of ${logits.positions}.`,
    '',
  ];
  if (overall !== undefined) {
    lines.push(
      'Error of each ΔW as a share of its Frobenius norm, ‖ΔW − BA‖ / ‖ΔW‖, and the least that its rank can reach:',
      '',
      '| module | rank | error | least possible |',
      '| --- | --- | --- | --- |',
      ...approximations.map(
        ({ name, rank, error, optimum }) =>
          `| ${inline(name)} | ${rank} | ${errorText(error)} | ${errorText(optimum)} |`,
      ),
      `| all together | | ${errorText(overall.error)} | ${errorText(overall.optimum)} |`,
      '',
    );
  }
  if (warnings.length > 0) lines.push('## Note', '', ...warnings.map((warning) => `- ${inline(warning)}`), '');
  return lines.join('\n');
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Text of a path on one line, without what Markdown would take for its own. */
function inline(text: string): string {
  return text.replace(/[`|\r\n]/g, ' ');
}
