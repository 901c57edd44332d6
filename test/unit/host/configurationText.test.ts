import { describe, expect, it } from 'vitest';
import { parseConfiguration } from '../../../src/config/parse';
import { configurationText, METHODS } from '../../../src/host/start/configurationText';
import { pathInDocument } from '../../../src/host/form/pathInDocument';

describe('a new configuration', () => {
  it.each(METHODS.map((method) => [method.title, method] as const))(
    '%s is valid as it is written',
    (_title, method) => {
      const text = configurationText({ model: './models/a "b"', data: './data/d.jsonl', method });
      const parsed = parseConfiguration(text);
      expect(parsed.problems).toEqual([]);
      expect(parsed.ok && parsed.configuration.adapter).toMatchObject({ method: method.method, rank: method.rank });
    },
  );
});

describe('paths in a configuration', () => {
  it('are relative with forward slashes within the workspace, absolute outside', () => {
    expect(pathInDocument('/w/a/x.mora.json', '/w/a/data/d.jsonl', '/w')).toBe('./data/d.jsonl');
    expect(pathInDocument('/w/a/x.mora.json', '/w/models/m', '/w')).toBe('../models/m');
    expect(pathInDocument('/w/a/x.mora.json', '/elsewhere/m', '/w')).toBe('/elsewhere/m');
    expect(pathInDocument('/w/a/x.mora.json', '/w2/m', '/w')).toBe('/w2/m');
  });
});
