import { expect, it } from 'vitest';
import { formatClock, formatCompact, formatDuration, formatRate, formatValue } from '../../../webview/shared/format';

it.each([
  [1.94567, '1.946'],
  [0.031248, '0.03125'],
  [0.00002813, '2.81e-5'],
  [1234.5, '1,235'],
  [2.5e7, '2.50e7'],
  [0, '0'],
  [NaN, '–'],
])('a figure %d reads %s', (value, text) => expect(formatValue(value)).toBe(text));

it.each([
  [2.813e-4, '2.81e-4'],
  [1, '1.00e0'],
  [0, '0'],
])('a learning rate %d reads %s', (value, text) => expect(formatRate(value)).toBe(text));

it.each([
  [950, '950'],
  [12_345, '12.3k'],
  [1000, '1k'],
  [4_560_000, '4.56M'],
  [7e9, '7B'],
  [0, '0'],
  [0.25, '0.25'],
])('a count %d reads %s', (value, text) => expect(formatCompact(value)).toBe(text));

it.each([
  [42, '42 s'],
  [192, '3 m 12 s'],
  [3840, '1 h 04 m'],
  [183_600, '2 d 3 h'],
])('%d seconds read %s', (value, text) => expect(formatDuration(value)).toBe(text));

it.each([
  [42, '0:42'],
  [192, '3:12'],
  [3840, '1:04:00'],
])('%d seconds on an axis read %s', (value, text) => expect(formatClock(value)).toBe(text));
