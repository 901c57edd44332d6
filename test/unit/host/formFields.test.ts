import { describe, expect, it } from 'vitest';
import { readFileSync } from 'node:fs';
import { COMPUTE, DATA, TRAINING } from '../../../webview/form/fields';

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly enum?: readonly (string | null)[];
  readonly anyOf?: readonly Schema[];
}

const schema = JSON.parse(
  readFileSync(new URL('../../../media/schema/mora.schema.json', import.meta.url), 'utf8'),
) as Schema;

/** The values that the schema lists for a field. */
function listed(path: string): readonly (string | null)[] {
  const found = path.split('.').reduce<Schema | undefined>((at, key) => at?.properties?.[key], schema);
  return [found, ...(found?.anyOf ?? [])].flatMap((part) => part?.enum ?? []);
}

describe('the form', () => {
  const choices = [DATA, TRAINING, COMPUTE]
    .flatMap(({ fields, rare }) => [...fields, ...rare])
    .flatMap(({ field, kind }) => (kind.control === 'choice' ? [[field, kind.options] as const] : []));

  it.each(choices)('offers for %s what the schema lists', (field, options) => {
    expect([...options].sort()).toEqual([...listed(field)].filter((value) => value !== null).sort());
  });

  it('offers choices at all', () => expect(choices.length).toBeGreaterThan(2));
});
