import { describe, expect, it } from 'vitest';
import { fieldText, readField } from '../../../webview/form/fieldText';
import { percent, range } from '../../../webview/form/figures';

describe('between a field and the document', () => {
  it('shows numbers as one writes them', () => {
    expect([3e-4, 0.01, 0, 1e-8, 16].map((value) => fieldText(value))).toEqual(['3e-4', '0.01', '0', '1e-8', '16']);
    expect(fieldText([0.9, 0.999])).toBe('0.9, 0.999');
    expect(fieldText(null)).toBe('');
  });

  it('reads numbers, and says what is none', () => {
    expect(readField(' 3e-4 ', { control: 'number' })).toEqual({ value: 3e-4 });
    expect(readField('', { control: 'number', nullable: true })).toEqual({ value: null });
    expect(readField('', { control: 'number' })).toHaveProperty('complaint');
    expect(readField('1.5', { control: 'number', integer: true })).toHaveProperty('complaint');
    expect(readField('Infinity', { control: 'number' })).toHaveProperty('complaint');
    expect(readField('0.9 0.99', { control: 'numbers', length: 2 })).toEqual({ value: [0.9, 0.99] });
  });

  it('takes a word for a number, and lists and objects as JSON', () => {
    const rate = { control: 'number', word: 'auto' } as const;
    expect(readField('auto', rate)).toEqual({ value: 'auto' });
    expect(readField('fast', rate)).toEqual({ complaint: 'must be a number or "auto"' });
    const json = { control: 'json', nullable: true } as const;
    expect(readField('{"patience": 3}', json)).toEqual({ value: { patience: 3 } });
    expect(readField('{"patience"', json)).toEqual({ complaint: 'must be JSON' });
    expect(readField('', json)).toEqual({ value: null });
    expect(fieldText({ patience: 3 }, json)).toBe('{"patience":3}');
    const sources = { control: 'text', orJson: true } as const;
    expect(readField('["a.jsonl", "b"]', sources)).toEqual({ value: ['a.jsonl', 'b'] });
    expect(readField('a, b.jsonl', sources)).toEqual({ value: 'a, b.jsonl' });
    expect(fieldText(['a.jsonl', 'b'], sources)).toBe('["a.jsonl","b"]');
    expect([readField('on', { control: 'switch' }), fieldText(false)]).toEqual([{ value: true }, 'off']);
  });

  it('takes a share, a count or a file for validation', () => {
    const kind = { control: 'text', orNumber: true } as const;
    expect(readField('0.05', kind)).toEqual({ value: 0.05 });
    expect(readField('./v.jsonl', kind)).toEqual({ value: './v.jsonl' });
  });

  it('writes shares and ranges', () => {
    expect([0.0498, 0.000043, 1].map(percent)).toEqual(['4.98 %', '0.0043 %', '100 %']);
    expect([range(8, 8), range(64, 1192)]).toEqual(['8', '64–1,192']);
  });
});
