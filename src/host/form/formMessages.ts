import { z } from 'zod';
import type { Change, JsonValue } from '../protocol/form';

/** What the form may ask: its page shows text of a document that others wrote, so its messages are checked too. */

const jsonValue: z.ZodType<JsonValue> = z.json();

/** Only fields that the form has: "adapter.rank", never "__proto__.x". */
const field = z.string().regex(/^(?:model|(?:data|adapter|training|compute)\.[A-Za-z]+)$/);

const change = z.union([
  z.strictObject({ field, value: jsonValue }),
  z.strictObject({ field, remove: z.literal(true) }),
]) satisfies z.ZodType<Change>;

export const editParams = z.strictObject({ changes: z.array(change).min(1).max(64) });
export const openTextParams = z.strictObject({ field: z.string().max(200).nullable() });
export const openRunParams = z.strictObject({ root: z.string().min(1) });
export const pickParams = z.strictObject({ what: z.enum(['model', 'adapter', 'data']) });
export const measureParams = z.strictObject({ what: z.enum(['suggestion', 'steps']) });
export const nothing = z.null();
