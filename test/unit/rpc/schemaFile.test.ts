import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, it } from 'vitest';
import { configurationJsonSchema } from '../../../src/config/jsonSchema';

it('the schema file that the editor reads is the schema that the engine enforces (npm run schema)', async () => {
  const file = path.resolve(import.meta.dirname, '../../../media/schema/mora.schema.json');
  expect(JSON.parse(await readFile(file, 'utf8'))).toEqual(configurationJsonSchema());
});
