import * as l10n from '@vscode/l10n';
import { html, nothing, type TemplateResult } from 'lit';
import { fileName } from '../../shared/fileName';

/** Where to jump: a line, row or item of one of the data files. */
export interface Jump {
  readonly file: number;
  readonly line: number;
}

export interface JumpView {
  /** Absolute paths. */
  readonly files: readonly string[];
  readonly file: number;
  readonly choose: (file: number) => void;
  readonly go: (jump: Jump) => void;
}

/** More files than a list can show are reached by paging. */
const MOST_FILES = 200;

/** Asks for a line by its number; Enter goes there. */
export function jumpView({ files, file, choose, go }: JumpView): TemplateResult {
  const onKey = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter' || !(event.target instanceof HTMLInputElement)) return;
    const line = Number(event.target.value);
    if (Number.isSafeInteger(line) && line > 0) go({ file, line });
  };
  return html`${
      files.length < 2
        ? nothing
        : html`<select
            aria-label=${l10n.t('Data file')}
            @change=${(event: Event) => event.target instanceof HTMLSelectElement && choose(Number(event.target.value))}
          >
            ${files
              .slice(0, MOST_FILES)
              .map(
                (path, index) => html`<option value=${index} ?selected=${index === file}>${fileName(path)}</option>`,
              )}
          </select>`
    }
    <input
      class="jump"
      type="number"
      min="1"
      placeholder=${l10n.t('Line')}
      aria-label=${l10n.t('Go to a line, row or item of the data')}
      title=${l10n.t('Go to a line, row or item of the data. Enter goes there.')}
      @keydown=${onKey}
    />`;
}
