import * as l10n from '@vscode/l10n';
import { html, nothing, type TemplateResult } from 'lit';
import type { ExamplesSeen } from '../../../src/engine/rpc/examples';
import { formatCount } from '../../shared/format';
import { exampleCard } from './exampleCard';
import { packedRows } from './packedRows';
import { leftOutText } from './words';

export interface SeenLook {
  readonly ids: boolean;
  readonly most: number;
  /** Shows an example by its number among those to train on, first of a page. */
  readonly open: (index: number) => void;
  /** Shows all tokens of one of them. */
  readonly whole: (index: number) => void;
}

/** What the engine answered, whatever was asked for. */
export function seenView(seen: ExamplesSeen, { ids, most, open, whole }: SeenLook): TemplateResult {
  switch (seen.kind) {
    case 'examples':
      return html`${seen.examples.map((example, index) =>
        exampleCard(example, { ids, most, onWhole: () => whole(seen.first + index) }),
      )}`;
    case 'heldOut':
      return html`<p class="fate">${l10n.t('{0} is held out to validate; it is not trained on.', seen.place)}</p>
        ${seen.examples.map((example) => exampleCard(example, { ids, most }))}`;
    case 'leftOut':
      return html`${seen.texts.map(
        ({ reason, example }) =>
          html`<p class="fate"><span class="place">${seen.place}</span> <span>${leftOutText(reason)}</span></p>
            ${example === null ? nothing : exampleCard(example, { ids, most })}`,
      )}`;
    case 'beyond':
      return html`<p class="fate">
        ${l10n.t('There is nothing at {0}; the last that holds something is {1}.', seen.place, formatCount(seen.last))}
      </p>`;
    case 'rows':
      return packedRows(seen, { ids, open });
  }
}
