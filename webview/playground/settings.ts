import { MAX_STOP_CHARS, MAX_STOP_STRINGS, SAMPLING_LIMITS, type SamplingSettings } from '../../src/config/sampling';

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
  spec('temperature', 'Temperature', '0 takes the likeliest token each time; 1 draws by the model’s probabilities.', {
    slider: [0, 2, 0.05],
  }),
  spec('topP', 'Top-p', 'Draws from the likeliest tokens that together have this probability.', {
    slider: [0.05, 1, 0.05],
    isOptional: true,
    needsTemperature: true,
  }),
  spec('topK', 'Top-k', 'Draws from so many of the likeliest tokens.', {
    isOptional: true,
    isWhole: true,
    needsTemperature: true,
  }),
  spec('repetitionPenalty', 'Repetition penalty', 'Above 1 makes tokens that have occurred less likely.', {
    slider: [1, 2, 0.05],
  }),
  spec('maxTokens', 'Max tokens', 'The answer ends after so many tokens.', { isWhole: true }),
  spec('seed', 'Seed', 'The same seed draws the same tokens.', { isWhole: true, needsTemperature: true }),
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
  const range = `from ${least.toLocaleString('en-US')} to ${most.toLocaleString('en-US')}`;
  return { complaint: `${isWhole ? 'A whole number' : 'A number'} ${range}${isOptional ? ', or nothing' : ''}.` };
}

/** Stop strings, one a line; "\n" stands for a new line, "\t" for a tab, "\\" for a backslash. */
export function readStops(text: string): Reading<readonly string[]> {
  const stops = text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.replace(/\\([nt\\])/g, (_, escaped: string) => ESCAPES[escaped] ?? escaped));
  if (stops.length > MAX_STOP_STRINGS) return { complaint: `At most ${MAX_STOP_STRINGS} lines.` };
  if (stops.some(({ length }) => length > MAX_STOP_CHARS))
    return { complaint: `At most ${MAX_STOP_CHARS} characters a line.` };
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
      ? ['greedy']
      : [
          `temperature ${temperature}`,
          ...(topP === null ? [] : [`top-p ${topP}`]),
          ...(topK === null ? [] : [`top-k ${topK}`]),
          `seed ${seed}`,
        ];
  return [...draw, `at most ${maxTokens.toLocaleString('en-US')} tokens`].join(', ');
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', '\\': '\\' };
