import { describe, expect, it } from 'vitest';
import { progressBar, sparkline, spectrumBar } from '../../../src/cli/bars';
import { count, duration, loss, measure, rate } from '../../../src/cli/figures';
import { ranges } from '../../../src/config/targetChanges';
import { table } from '../../../src/cli/table';
import { visibleText } from '../../../src/cli/visibleText';

describe('figures', () => {
  it.each([
    [count(1234567), '1,234,567'],
    [duration(0.4), '0 s'],
    [duration(59.6), '1 min 00 s'],
    [duration(192.4), '3 min 12 s'],
    [duration(7500), '2 h 05 min'],
    [loss(1.23456), '1.2346'],
    [loss(null), 'not finite'],
    [rate(0.0091), '9.10e-3'],
    [rate(0), '0'],
    [measure(55.71), '55.7'],
    [measure(0.01234), '0.0123'],
    [ranges([0, 1, 2, 5, 7, 8]), '0-2,5,7-8'],
    [ranges([]), ''],
  ])('%s', (text, expected) => {
    expect(text).toBe(expected);
  });
});

describe('bars', () => {
  it('shows a share of progress', () => {
    expect(progressBar(0.5, 8)).toBe('████░░░░');
    expect(progressBar(2, 4)).toBe('████');
  });

  it('draws a falling curve falling, a flat one flat', () => {
    expect(sparkline([8, 7, 6, 5, 4, 3, 2, 1], 8)).toBe('█▇▆▅▄▃▂▁');
    expect(sparkline([1, 1, 1], 8)).toBe('▁▁▁');
  });

  it('shows where a spectrum stops short of the rank that ΔW could have', () => {
    expect(spectrumBar([2, 1], 4, 4)).toBe('█▅··');
    expect(spectrumBar([], 4, 4)).toBe('····');
    // Eight dimensions in four cells, each as high as its largest value.
    expect(spectrumBar([1, 0.5, 0.25], 8, 4)).toBe('█▃··');
  });
});

describe('table', () => {
  it('lines columns up by what is seen, whatever its styles', () => {
    const lines = table(
      [
        { title: 'name', align: 'left' },
        { title: 'r̂', align: 'right' },
      ],
      [
        ['\u001b[32mq_proj\u001b[39m', '56'],
        ['o', '128'],
      ],
    );
    expect(lines).toEqual(['name      r̂', '\u001b[32mq_proj\u001b[39m   56', 'o       128']);
  });
});

describe('text of a model', () => {
  it('cannot steer the terminal', () => {
    expect(visibleText('a\nb\u001b[2Jc\u009b')).toBe('a⏎b␛[2Jc�');
  });
});
