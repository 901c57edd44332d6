import { afterEach, describe, expect, it } from 'vitest';
import { formatCount, formatValue } from '../../webview/shared/format';
import { byteUnitOf, formatBytes, formatInUnit } from '../../src/language/bytes';
import { counted } from '../../src/language/counted';
import { formatNumber, formatTime, setLanguage, withDecimalMark } from '../../src/language/language';

afterEach(() => setLanguage('en'));

describe('figures in the language of the texts', () => {
  it.each([
    ['en', '1,234,567', '0.5', '1.946', '1.50 KiB', '3.10e-5'],
    ['de', '1.234.567', '0,5', '1,946', '1,50 KiB', '3,10e-5'],
    // No language that Intl knows: as in English.
    ['no language', '1,234,567', '0.5', '1.946', '1.50 KiB', '3.10e-5'],
  ])('%s', (language, count, half, value, bytes, small) => {
    setLanguage(language);
    expect(formatCount(1_234_567)).toBe(count);
    expect(formatNumber(0.5)).toBe(half);
    expect(formatValue(1.94567)).toBe(value);
    expect(formatBytes(1536)).toBe(bytes);
    expect(formatValue(3.1e-5)).toBe(small);
    expect(formatBytes(1536, String)).toBe('1.50 KiB');
    expect(withDecimalMark('a step')).toBe('a step');
  });

  it('a time has the order of its language', () => {
    const time = new Date(2026, 1, 3, 10, 0, 0);
    expect(formatTime(time)).toMatch(/^2\/3\/2026/);
    setLanguage('de');
    expect(formatTime(time)).toMatch(/^3\.2\.2026/);
  });
});

describe('texts that depend on a number', () => {
  const runs = (count: number): string => counted(count, '{0} run of {1}', '{0} runs of {1}', 'a {0}');

  it('take the form of the number and put it in, and nothing into what is put in', () => {
    expect([0, 1, 2, 1500].map(runs)).toEqual([
      '0 runs of a {0}',
      '1 run of a {0}',
      '2 runs of a {0}',
      '1,500 runs of a {0}',
    ]);
  });

  it('by the rule of the language: French has none in the singular', () => {
    setLanguage('fr');
    expect(runs(0)).toBe('0 run of a {0}');
  });
});

describe('sizes in bytes', () => {
  it('are counted in powers of 1024', () => {
    expect(formatBytes(1536)).toBe('1.50 KiB');
    expect(formatBytes(1.42 * 2 ** 30)).toBe('1.42 GiB');
    expect(formatBytes(1010 * 2 ** 20)).toBe('1010 MiB');
    expect(formatBytes(0)).toBe('0 B');
  });

  it('are, several of them, written in the unit of the greatest', () => {
    const unit = byteUnitOf(1.1 * 2 ** 30);
    expect(unit.name).toBe('GiB');
    expect(formatInUnit(900 * 2 ** 20, unit)).toBe('0.879');
    expect(formatInUnit(NaN, unit)).toBe('–');
    expect(byteUnitOf(NaN).name).toBe('B');
  });
});
