import * as l10n from '@vscode/l10n';
import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import type { ExampleLook, ExamplesSeen } from '../../../src/engine/rpc/examples';
import type { Plan } from '../../../src/engine/rpc/plan';
import { messageOf } from '../../../src/host/protocol/channel';
import { formatCount } from '../../shared/format';
import { baseStyles } from '../../shared/baseStyles';
import { dataFacts } from './dataFacts';
import { exampleStyles } from './exampleStyles';
import { jumpView } from './jump';
import { pager } from './pager';
import { seenView } from './seenView';

/** Examples and rows on a page: as many as one looks at, little enough to be there at once. */
const EXAMPLES = 4;
const ROWS = 3;
/** Tokens of an example, and of a row, before one asks for more; and of an example at most. */
const SOME_TOKENS = 240;
const ROW_TOKENS = 600;
const MOST_TOKENS = 8192;

/**
 * The data as the model will see it, a page at a time: single examples, or the rows that a training step packs them
 * into. Only what is on screen was asked of the engine.
 */
export class ExamplesView extends LitElement {
  static override properties = {
    data: { attribute: false },
    stale: { type: Boolean },
    error: { attribute: false },
    see: { attribute: false },
    seen: { state: true },
    failure: { state: true },
    ids: { state: true },
    file: { state: true },
  };
  static override styles = [baseStyles, exampleStyles];

  data: Plan['data'];
  stale = false;
  /** Why there is no plan of the data. */
  error: string | undefined;
  see: (look: ExampleLook) => Promise<ExamplesSeen> = () => new Promise(() => undefined);

  private seen: ExamplesSeen | undefined;
  private failure: string | undefined;
  private ids = false;
  private file = 0;
  private look: ExampleLook = { kind: 'examples', first: 0, count: EXAMPLES, tokens: SOME_TOKENS };

  protected override willUpdate(changed: PropertyValues<this>): void {
    // New data, or the same read again: the page that one was on is asked for anew.
    if (changed.has('data') && this.data !== undefined) this.ask(this.look);
  }

  protected override render(): TemplateResult {
    const { data, stale, error } = this;
    return html`<section aria-labelledby="examples-title">
      <div class="head">
        <h2 id="examples-title">${l10n.t('Data as the model sees it')}</h2>
        ${data === undefined ? nothing : this.controls(data)}
      </div>
      ${error === undefined ? nothing : html`<p class="fate error" role="alert"><vscode-icon name="error" size="14"></vscode-icon><span>${l10n.t('The examples cannot be shown: {0}', error)}</span></p>`}
      ${data === undefined && error === undefined ? html`<p class="muted small">${l10n.t('Reading the data…')}</p>` : nothing}
      ${data === undefined ? nothing : html`<div class=${stale ? 'body stale' : 'body'}>${this.body(data)}</div>`}
    </section>`;
  }

  private controls(data: NonNullable<Plan['data']>): TemplateResult {
    const rows = this.look.kind === 'rows';
    return html`<div class="segments" role="radiogroup" aria-label=${l10n.t('Show')}>
        <button role="radio" aria-checked=${rows ? 'false' : 'true'} @click=${() => this.open(0)}>
          ${l10n.t('Examples')}
        </button>
        <button role="radio" aria-checked=${rows ? 'true' : 'false'} @click=${() => this.openStep(0)}>
          ${l10n.t('Rows as packed')}
        </button>
      </div>
      <button
        class="toggle"
        aria-pressed=${this.ids ? 'true' : 'false'}
        title=${l10n.t('The number of each token in the vocabulary')}
        @click=${() => (this.ids = !this.ids)}
      >
        ${l10n.t('Token ids')}
      </button>
      <div class="row spread">
        ${this.pages()}
        ${jumpView({
          files: data.files,
          file: this.file,
          choose: (file) => (this.file = file),
          go: ({ file, line }) => this.ask({ kind: 'line', file, line, tokens: SOME_TOKENS }),
        })}
      </div>`;
  }

  private pages(): TemplateResult | typeof nothing {
    const { seen } = this;
    switch (seen?.kind) {
      case 'examples': {
        const { first, total, examples } = seen;
        return pager({
          ...{ first, count: EXAMPLES, total },
          text: l10n.t(
            '{0} to {1} of {2}',
            formatCount(first + 1),
            formatCount(first + examples.length),
            formatCount(total),
          ),
          previous: l10n.t('Previous examples'),
          next: l10n.t('Next examples'),
          to: (to) => this.open(to),
        });
      }
      case 'rows': {
        const { step, steps, first, total, rows } = seen;
        return html`${pager({
          ...{ first: step, count: 1, total: steps },
          text: l10n.t('Step {0} of {1}', formatCount(step + 1), formatCount(steps)),
          previous: l10n.t('Previous step'),
          next: l10n.t('Next step'),
          to: (to) => this.openStep(to),
        })}
        ${pager({
          ...{ first, count: ROWS, total },
          text: l10n.t(
            'Rows {0} to {1} of {2}',
            formatCount(first + 1),
            formatCount(first + rows.length),
            formatCount(total),
          ),
          previous: l10n.t('Previous rows'),
          next: l10n.t('Next rows'),
          to: (to) => this.openStep(step, to),
        })}`;
      }
      case undefined:
      case 'heldOut':
      case 'leftOut':
      case 'beyond':
        return nothing;
    }
  }

  private body(data: NonNullable<Plan['data']>): TemplateResult {
    const { seen, failure, ids } = this;
    return html`${dataFacts(data, (place) => this.ask({ kind: 'place', place, tokens: SOME_TOKENS }))}
      ${failure === undefined ? nothing : html`<p class="fate error" role="alert">${failure}</p>`}
      ${
        seen === undefined
          ? nothing
          : seenView(seen, {
              ids,
              most: MOST_TOKENS,
              open: (index) => this.open(index),
              whole: (index) => this.ask({ kind: 'examples', first: index, count: 1, tokens: MOST_TOKENS }),
            })
      }
      <p class="muted small">
        <span class="token supervised">${l10n.t('Underlined')}</span
        >${l10n.t(': tokens that the model learns to predict.')}
        ${l10n.t('· is a space, ⏎ a line break, ⇥ a tabulator.')}
      </p>`;
  }

  private open(first: number): void {
    this.ask({ kind: 'examples', first, count: EXAMPLES, tokens: SOME_TOKENS });
  }

  private openStep(step: number, first = 0): void {
    this.ask({ kind: 'rows', step, first, count: ROWS, tokens: ROW_TOKENS });
  }

  /** What was seen stays on screen until the answer is there: a page that blinks is harder to follow. */
  private ask(look: ExampleLook): void {
    this.look = look;
    void this.answer(look);
  }

  private async answer(look: ExampleLook): Promise<void> {
    try {
      const seen = await this.see(look);
      if (look !== this.look) return;
      this.seen = seen;
      this.failure = undefined;
    } catch (error) {
      // A newer question has overtaken this one.
      if (look === this.look) this.failure = messageOf(error);
    }
  }
}

customElements.define('mora-examples', ExamplesView);
