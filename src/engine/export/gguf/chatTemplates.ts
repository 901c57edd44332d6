import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { fileExists, readJsonObjectIfAny } from '../../weights/jsonFile';
import { string, strings, type GgufValue } from './metadataValue';

const DEFAULT = 'default';

/** Names become keys. */
const named = z.array(z.object({ name: z.string().regex(/^[\w.-]{1,64}$/), template: z.string() })).max(64);

/**
 * The chat templates of a model folder as metadata: chat_template.jinja, or what tokenizer_config.json says, which can
 * be several with names. None when there is none.
 */
export async function chatTemplates(folder: string): Promise<[string, GgufValue][]> {
  const file = join(folder, 'chat_template.jinja');
  if (await fileExists(file)) return [['tokenizer.chat_template', string(await readFile(file, 'utf8'))]];
  const template = (await readJsonObjectIfAny(join(folder, 'tokenizer_config.json')))?.chat_template;
  if (typeof template === 'string') return [['tokenizer.chat_template', string(template)]];
  const several = named.safeParse(template).data ?? [];
  const others = several.filter(({ name }) => name !== DEFAULT);
  return [
    ...several
      .filter(({ name }) => name === DEFAULT)
      .map((one): [string, GgufValue] => ['tokenizer.chat_template', string(one.template)]),
    ...(others.length > 0
      ? [['tokenizer.chat_templates', strings(others.map(({ name }) => name))] as [string, GgufValue]]
      : []),
    ...others.map((one): [string, GgufValue] => [`tokenizer.chat_template.${one.name}`, string(one.template)]),
  ];
}
