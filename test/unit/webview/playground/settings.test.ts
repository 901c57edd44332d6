import { describe, expect, it } from 'vitest';
import { FIRST_SAMPLING } from '../../../../src/config/sampling';
import { readNumber, readStops, SETTINGS, settingsSummary, stopsText, type NumberSetting } from '../../../../webview/playground/settings'; // prettier-ignore

const read = (name: NumberSetting, text: string) =>
  readNumber(
    SETTINGS.find((spec) => spec.name === name)!,
    text,
  );

describe('what is typed for the sampling', () => {
  it('reads numbers within their limits, with a point or a comma', () => {
    expect(read('temperature', ' 0,7 ')).toEqual({ value: 0.7 });
    expect(read('seed', '0')).toEqual({ value: 0 });
    expect(read('topP', '1')).toEqual({ value: 1 });
  });

  it('leaves a filter out for an empty box, and needs the other settings', () => {
    expect(read('topK', '')).toEqual({ value: null });
    expect(read('maxTokens', '')).toEqual({ complaint: 'A whole number from 1 to 100,000.' });
  });

  it.each([
    ['temperature', 'hot', 'A number from 0 to 2.'],
    ['temperature', '-0.1', 'A number from 0 to 2.'],
    ['temperature', 'Infinity', 'A number from 0 to 2.'],
    ['topK', '1.5', 'A whole number from 1 to 1,000,000, or nothing.'],
    ['topP', '0', 'A number from 0.01 to 1, or nothing.'],
  ] as const)('says of %s %j what it may be', (name, text, complaint) => {
    expect(read(name, text)).toEqual({ complaint });
  });

  it('reads stop strings a line, with breaks, tabs and backslashes escaped, and writes them back', () => {
    expect(readStops('\\n\\nQ:\n\n a b \n\\\\n')).toEqual({ value: ['\n\nQ:', ' a b ', '\\n'] });
    const stops = ['\n', 'a\tb', '\\', '\\n', ' '];
    expect(readStops(stopsText(stops))).toEqual({ value: stops });
    expect(readStops('a\n'.repeat(17))).toEqual({ complaint: 'At most 16 lines.' });
    expect(readStops('a'.repeat(201))).toEqual({ complaint: 'At most 200 characters a line.' });
  });

  it('sums up what counts: without a temperature nothing is drawn', () => {
    expect(settingsSummary({ ...FIRST_SAMPLING, topP: 0.9, seed: 3 })).toBe('greedy, at most 128 tokens');
    expect(settingsSummary({ ...FIRST_SAMPLING, temperature: 0.8, topP: 0.9, seed: 3 })).toBe(
      'temperature 0.8, top-p 0.9, seed 3, at most 128 tokens',
    );
  });
});
