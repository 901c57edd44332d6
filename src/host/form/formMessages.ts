import { z } from 'zod';
import type { ExampleLook } from '../../engine/rpc/examples';
import type { Change, JsonValue } from '../protocol/form';

/** What the form may ask: its page shows text of a document that others wrote, so its messages are checked too. */

const jsonValue: z.ZodType<JsonValue> = z.json();

/** Only fields that the form has: "adapter.rank", never "__proto__.x". */
const field = z.string().regex(/^(?:model|(?:data|adapter|training|compute)\.[A-Za-z]+)$/);

const change = z.union([
  z.strictObject({ field, value: jsonValue }),
  z.strictObject({ field, remove: z.literal(true) }),
]) satisfies z.ZodType<Change>;

const place = z
  .int()
  .min(0)
  .max(2 ** 32);
/** What a page can show without becoming slow: a few examples, each as long as most models read. */
const count = z.int().min(1).max(16);
const tokens = z.int().min(1).max(8192);

const look = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('examples'), first: place, count, tokens }),
  z.strictObject({
    kind: z.literal('line'),
    file: place,
    line: z
      .int()
      .min(1)
      .max(2 ** 32),
    tokens,
  }),
  z.strictObject({ kind: z.literal('place'), place: z.string().max(8192), tokens }),
  z.strictObject({ kind: z.literal('rows'), step: place, first: place, count, tokens }),
]) satisfies z.ZodType<ExampleLook>;

export const examplesParams = z.strictObject({ look });
export const editParams = z.strictObject({ changes: z.array(change).min(1).max(64) });
export const openTextParams = z.strictObject({ field: z.string().max(200).nullable() });
export const openRunParams = z.strictObject({ root: z.string().min(1) });
export const pickParams = z.strictObject({ what: z.enum(['model', 'adapter', 'data']) });
export const measureParams = z.strictObject({ what: z.enum(['suggestion', 'steps']) });
export const nothing = z.null();
