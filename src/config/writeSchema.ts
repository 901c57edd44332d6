import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { configurationJsonSchema } from './jsonSchema';

/** Where the editor's manifest and the `$schema` of the examples look for it. */
const SCHEMA_FILE = 'media/schema/mora.schema.json';

/** Writes the JSON Schema of `*.mora.json`; `npm run schema` bundles and runs this file. */
async function main(): Promise<void> {
  const options = await resolveConfig(SCHEMA_FILE);
  const text = await format(JSON.stringify(configurationJsonSchema()), { ...options, filepath: SCHEMA_FILE });
  await mkdir(dirname(SCHEMA_FILE), { recursive: true });
  await writeFile(SCHEMA_FILE, text);
}

void main();
