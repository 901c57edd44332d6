import * as l10n from '@vscode/l10n';
import { html, nothing, type TemplateResult } from 'lit';
import type { Contents } from '../../src/engine/rpc/contents';
import { formatCount } from '../shared/format';
import { errorNotice, warningNotice } from '../shared/notice';

/** What happened to a file since it was listed. */
export type FileFate = 'changed' | 'gone';

/** What went wrong with a checkpoint, what became of its file, and what is odd in it. */
export function notices(
  { warnings, unlisted, totals }: Contents,
  problem: string | undefined,
  fate: FileFate | undefined,
  reload: () => void,
): TemplateResult | typeof nothing {
  const all = [
    ...(problem === undefined ? [] : [errorNotice(problem)]),
    ...(fate === undefined ? [] : [fateNotice(fate, reload)]),
    ...(unlisted === 0
      ? []
      : [
          warningNotice(
            l10n.t(
              'There are {0} tensors; the first {1} are listed.',
              formatCount(totals.tensors),
              formatCount(totals.tensors - unlisted),
            ),
          ),
        ]),
    ...warnings.map(warningNotice),
  ];
  return all.length === 0 ? nothing : html`<div class="notices">${all}</div>`;
}

function fateNotice(fate: FileFate, reload: () => void): TemplateResult {
  return html`<div class="notice warning" role="status" data-file=${fate}>
    <vscode-icon name="warning"></vscode-icon>
    <p>
      ${
        fate === 'gone'
          ? l10n.t(
              'The file is gone. Its listing and what was read of it are still shown; restore it and reload to read more.',
            )
          : l10n.t('The file has changed on the disk. What is shown is of the file as it was.')
      }
    </p>
    <button class="link" data-action="reload" @click=${reload}>${l10n.t('Reload')}</button>
  </div>`;
}
