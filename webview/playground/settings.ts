import * as l10n from '@vscode/l10n';
import { MAX_STOP_CHARS, MAX_STOP_STRINGS, SAMPLING_LIMITS, type SamplingSettings } from '../../src/config/sampling';
import { counted } from '../../src/language/counted';
import { formatNumber } from '../../src/language/language';

export type NumberSetting = keyof typeof SAMPLING_LIMITS;

export interface SettingSpec {
  readonly name: NumberSetting;
  readonly label: string;
  readonly hint: string;
  /** An empty box leaves the filter out. */
  readonly isOptional: boolean;
  readonly isWhole: boolean;
  /** Where the value has a slider: its least, most and step. */
  readonly slider?: readonly [least: number, most: number, step: number];
  /** What it does not do without a temperature. */
  readonly needsTemperature: boolean;
}

const spec = (
  name: NumberSetting,
  label: string,
  hint: string,
  rest: Partial<Omit<SettingSpec, 'name' | 'label' | 'hint'>> = {},
): SettingSpec => ({ name, label, hint, isOptional: false, isWhole: false, needsTemperature: false, ...rest });

export const SETTINGS: readonly SettingSpec[] = [
  spec(
    'temperature',
    l10n.t('Temperature'),
    l10n.t('0 takes the likeliest token each time; 1 draws by the model’s probabilities.'),
    {
      slider: [0, 2, 0.05],
    },
  ),
  spec('topP', l10n.t('Top-p'), l10n.t('Draws from the likeliest tokens that together have this probability.'), {
    slider: [0.05, 1, 0.05],
    isOptional: true,
    needsTemperature: true,
  }),
  spec('topK', l10n.t('Top-k'), l10n.t('Draws from so many of the likeliest tokens.'), {
    isOptional: true,
    isWhole: true,
    needsTemperature: true,
  }),
  spec(
    'repetitionPenalty',
    l10n.t('Repetition penalty'),
    l10n.t('Above 1 makes tokens that have occurred less likely.'),
    {
      slider: [1, 2, 0.05],
    },
  ),
  spec('maxTokens', l10n.t('Max tokens'), l10n.t('The answer ends after so many tokens.'), { isWhole: true }),
  spec('seed', l10n.t('Seed'), l10n.t('The same seed draws the same tokens.'), {
    isWhole: true,
    needsTemperature: true,
  }),
];

export type Reading<T> = { readonly value: T } | { readonly complaint: string };

/** What was typed for a number; null for an empty box of an optional one. */
export function readNumber({ name, isOptional, isWhole }: SettingSpec, text: string): Reading<number | null> {
  const { least, most } = SAMPLING_LIMITS[name];
  const typed = text.trim().replace(',', '.');
  if (typed === '' && isOptional) return { value: null };
  const value = Number(typed);
  const isNumber = typed !== '' && Number.isFinite(value) && (!isWhole || Number.isInteger(value));
  if (isNumber && value >= least && value <= most) return { value };
  const range = [formatNumber(least), formatNumber(most)] as const;
  return { complaint: complaintOf(isWhole, isOptional, range) };
}

function complaintOf(isWhole: boolean, isOptional: boolean, range: readonly [least: string, most: string]): string {
  if (isWhole) {
    return isOptional
      ? l10n.t('A whole number from {0} to {1}, or nothing.', ...range)
      : l10n.t('A whole number from {0} to {1}.', ...range);
  }
  return isOptional
    ? l10n.t('A number from {0} to {1}, or nothing.', ...range)
    : l10n.t('A number from {0} to {1}.', ...range);
}

/** Stop strings, one a line; "\n" stands for a new line, "\t" for a tab, "\\" for a backslash. */
export function readStops(text: string): Reading<readonly string[]> {
  const stops = text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.replace(/\\([nt\\])/g, (_, escaped: string) => ESCAPES[escaped] ?? escaped));
  if (stops.length > MAX_STOP_STRINGS) return { complaint: l10n.t('At most {0} lines.', MAX_STOP_STRINGS) };
  if (stops.some(({ length }) => length > MAX_STOP_CHARS))
    return { complaint: l10n.t('At most {0} characters a line.', MAX_STOP_CHARS) };
  return { value: stops };
}

/** The lines that {@link readStops} reads as these. */
export function stopsText(stops: readonly string[]): string {
  return stops.map((stop) => stop.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('\t', '\\t')).join('\n');
}

export function numberText(value: number | null): string {
  return value === null ? '' : String(value);
}

/** What the settings come to in a few words: "greedy, 128 tokens". */
export function settingsSummary({ temperature, topP, topK, maxTokens, seed }: SamplingSettings): string {
  const draw =
    temperature === 0
      ? [l10n.t('greedy')]
      : [
          l10n.t('temperature {0}', formatNumber(temperature)),
          ...(topP === null ? [] : [l10n.t('top-p {0}', formatNumber(topP))]),
          ...(topK === null ? [] : [l10n.t('top-k {0}', topK)]),
          l10n.t('seed {0}', seed),
        ];
  return [...draw, counted(maxTokens, l10n.t('at most {0} token'), l10n.t('at most {0} tokens'))].join(', ');
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', '\\': '\\' };
