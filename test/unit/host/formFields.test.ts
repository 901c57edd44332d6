import { describe, expect, it } from 'vitest';
import { readFileSync } from 'node:fs';
import { documentation } from '../../../src/host/form/formContent';
import {
  ALPHA_FIELD,
  COMPUTE,
  DATA,
  GRID_FIELDS,
  METHOD_FIELDS,
  MODEL_FIELD,
  RANK_FIELD,
  TRAINING,
} from '../../../webview/form/fields';

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

/** Keys of the document by dotted path; an object that is one choice counts as one. */
function keys(at: Schema, path = ''): string[] {
  return Object.entries(at.properties ?? {}).flatMap(([key, child]) => {
    const here = path === '' ? key : `${path}.${key}`;
    return child.properties === undefined || here === 'data.fields' ? [here] : keys(child, here);
  });
}

describe('the form', () => {
  const shown = [MODEL_FIELD, RANK_FIELD, ALPHA_FIELD]
    .concat([DATA, TRAINING, COMPUTE].flatMap(({ fields, rare }) => [...fields, ...rare]))
    .map(({ field }) => field)
    .concat(METHOD_FIELDS, GRID_FIELDS);
  // The place of the schema itself is no setting.
  const settings = keys(schema).filter((key) => key !== '$schema');

  it('has exactly one field for every key of the schema', () => {
    expect([...shown].sort()).toEqual([...settings].sort());
  });

  it.each(settings)('has documentation to show for %s', (field) => {
    expect((documentation()[field] ?? '').length).toBeGreaterThan(5);
  });

  const choices = [DATA, TRAINING, COMPUTE]
    .flatMap(({ fields, rare }) => [...fields, ...rare])
    .flatMap(({ field, kind }) => (kind.control === 'choice' ? [[field, kind.options] as const] : []));

  it.each(choices)('offers for %s what the schema lists', (field, options) => {
    expect([...options].sort()).toEqual([...listed(field)].filter((value) => value !== null).sort());
  });

  it('offers choices at all', () => expect(choices.length).toBeGreaterThan(2));
});
