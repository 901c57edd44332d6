import { describe, expect, it } from 'vitest';
import { parseSetOptions } from '../../../src/cli/setOption';
import { applyOverrides } from '../../../src/config/overrides';
import { UserError } from '../../../src/config/userError';

describe('--set', () => {
  it('reads values as JSON, else as text', () => {
    const assignments = [
      'training.steps=500',
      'adapter.mode=sharing',
      'adapter.layers=[0,1]',
      'data.train=a=b',
      'x=null',
    ];
    expect(parseSetOptions(assignments)).toEqual({
      'training.steps': 500,
      'adapter.mode': 'sharing',
      'adapter.layers': [0, 1],
      'data.train': 'a=b',
      x: null,
    });
  });

  it.each(['training.steps', '=5', 'a..b=1', ''])('refuses "%s"', (assignment) => {
    expect(() => parseSetOptions([assignment])).toThrow(UserError);
  });
});

describe('overrides', () => {
  it.each([
    ['replaces a value', '{"a": {"b": 1}}', { 'a.b': 2 }, { a: { b: 2 } }],
    ['adds what is missing', '{}', { 'a.b': [1] }, { a: { b: [1] } }],
    ['reaches into a list', '{"a": [1, 2]}', { 'a.1': 9 }, { a: [1, 9] }],
    ['takes a number for a key of an object', '{"a": {}}', { 'a.0': ['q'] }, { a: { '0': ['q'] } }],
    ['makes an object of a value that is given a field', '{"a": 1}', { 'a.b.c': 2 }, { a: { b: { c: 2 } } }],
  ])('%s', (_, text, overrides, expected) => {
    expect(JSON.parse(applyOverrides(text, overrides))).toEqual(expected);
  });

  it.each(['[1]', '', 'nonsense'])('leaves text that is no object to the parser: %s', (text) => {
    expect(applyOverrides(text, { 'a.b': 1 })).toBe(text);
  });
});
