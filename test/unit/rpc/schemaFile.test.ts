import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { configurationJsonSchema } from '../../../src/config/jsonSchema';
import { parseConfiguration } from '../../../src/config/parse';

const file = path.resolve(import.meta.dirname, '../../../media/schema/mora.schema.json');

it('the schema file that the editor reads is the schema that the engine enforces (npm run schema)', async () => {
  expect(JSON.parse(await readFile(file, 'utf8'))).toEqual(configurationJsonSchema());
});

/** One of each kind that JSON has, and numbers, texts and lists about the bounds that fields have. */
const VALUES: readonly unknown[] = [
  ...[null, true, -1, 0, 0.5, 1, 1.5, 2, 5, 6, 7, 11, 2000, 70_000, 2_000_000, 1e10],
  ...['', 'all', 'x', '0-2,5', '0-', 'mora', 'rotation', 'linear', 'cpu'],
  ...[[], [''], ['q_proj'], [-1], [0, 3], [0.9], [0.9, 0.99], [0.9, 1], [0.9, 0.99, 0.999]],
  ...[{}, { x: 1 }, { x: ['q_proj'] }, { '0': ['q_proj'] }, { '0': [''] }],
];
const DOCUMENT = { model: 'm', data: { train: 't' } };

// VS Code marks what the schema forbids, so ConfigurationDiagnostics does not: a rule that only the parser knew would
// be marked by nobody.
it('the schema file forbids what the parser refuses, and allows what it takes', async () => {
  const schema = z.fromJSONSchema(JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>);
  const { properties } = z
    .object({
      properties: z.record(z.string(), z.object({ properties: z.record(z.string(), z.unknown()).optional() })),
    })
    .parse(configurationJsonSchema());
  const documents = Object.entries(properties).flatMap(([section, { properties: fields = {} }]) => [
    ...[...VALUES, undefined].map((value) => ({ ...DOCUMENT, [section]: value })),
    ...[...Object.keys(fields), 'unknown'].flatMap((field) =>
      VALUES.map((value) => ({
        ...DOCUMENT,
        [section]: { ...(section === 'data' ? DOCUMENT.data : {}), [field]: value },
      })),
    ),
  ]);
  expect(documents.length).toBeGreaterThan(1000);
  const disagreements = documents
    .map((document) => JSON.stringify(document))
    .filter((text) => parseConfiguration(text).ok !== schema.safeParse(JSON.parse(text)).success);
  expect(disagreements).toEqual([]);
});
