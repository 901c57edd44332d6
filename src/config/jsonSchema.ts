import { z } from 'zod';
import { configurationSchema } from './schema';

/** JSON Schema (draft 7, what VS Code's JSON language service reads) of a `*.mora.json` document. */
export function configurationJsonSchema(): Record<string, unknown> {
  return z.toJSONSchema(configurationSchema, { target: 'draft-7', io: 'input' });
}
