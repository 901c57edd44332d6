import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { resolveRun } from '../../../src/engine/rpc/prepareRun';

const folder = path.resolve(import.meta.dirname, '../../../examples');
const names = (await readdir(folder)).filter((name) => name.endsWith('.mora.json'));

describe('the examples', () => {
  it('are there', () => {
    expect(names).toContain('pronounce-mora.mora.json');
  });

  it.each(names)('%s is valid, and all that it names exists', async (name) => {
    const configurationFile = path.join(folder, name);
    const text = await readFile(configurationFile, 'utf8');
    const configuration = await resolveRun({ configurationFile, text });
    expect(path.resolve(folder, configuration.$schema!)).toBe(path.resolve(folder, '../media/schema/mora.schema.json'));
  });
});
