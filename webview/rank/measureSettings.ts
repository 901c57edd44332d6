import * as l10n from '@vscode/l10n';
import { html, nothing, type TemplateResult } from 'lit';
import type { Measure, Settings } from '../../src/host/protocol/rankView';

interface Field {
  readonly key: keyof Settings;
  readonly label: string;
  readonly least: number;
  readonly most: number;
  readonly step: number;
}

/** What may be set of a measure; the bounds are those that the extension accepts. */
const FIELDS: Partial<Readonly<Record<Measure, readonly Field[]>>> = {
  countAbove: [{ key: 'threshold', label: l10n.t('Threshold'), least: 0, most: 1e6, step: 0.01 }],
  energyRank: [{ key: 'energyShare', label: l10n.t('Share'), least: 0.01, most: 1, step: 0.01 }],
  intruders: [
    { key: 'top', label: 'k', least: 1, most: 100, step: 1 },
    { key: 'epsilon', label: 'ε', least: 0.01, most: 1, step: 0.05 },
  ],
};

/** The numbers that the chosen measure counts by. */
export function measureSettings(
  measure: Measure,
  settings: Settings,
  set: (settings: Partial<Settings>) => void,
): TemplateResult | typeof nothing {
  const fields = FIELDS[measure];
  if (fields === undefined) return nothing;
  return html`${fields.map(
    ({ key, label, least, most, step }) =>
      html`<label class="setting"
        >${label}
        <input
          type="number"
          min=${least}
          max=${most}
          step=${step === 1 ? 1 : 'any'}
          data-setting=${key}
          .value=${String(settings[key])}
          @change=${({ target }: Event) => {
            if (!(target instanceof HTMLInputElement)) return;
            const value = step === 1 ? Math.round(target.valueAsNumber) : target.valueAsNumber;
            if (value >= least && value <= most) set({ [key]: value });
            else target.value = String(settings[key]);
          }}
      /></label>`,
  )}`;
}
