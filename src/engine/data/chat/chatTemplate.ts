import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../../../config/userError';
import { unreadable } from '../../weights/byteSource';
import { fileExists, readJsonObjectIfAny } from '../../weights/jsonFile';

/** The longest templates in use have 30 KB. */
const MAX_TEMPLATE_CHARS = 1 << 20;

/** How a model writes conversations down. */
export interface ChatTemplate {
  /** The file that it is in. */
  readonly file: string;
  /** Jinja. */
  readonly source: string;
  /** Texts of the special tokens by the names that templates know them by: "bos_token", "eos_token", … */
  readonly specialTokens: Readonly<Record<string, string>>;
}

/**
 * The chat template to use: the `chosen` file, else the model's own, from chat_template.jinja, chat_template.json or
 * tokenizer_config.json of its folder; undefined when it has none. Throws a UserError when a file is not what it should
 * be.
 */
export async function findChatTemplate(folder: string, chosen: string | null): Promise<ChatTemplate | undefined> {
  const configurationFile = join(folder, 'tokenizer_config.json');
  const configuration = await readJsonObjectIfAny(configurationFile);
  const specialTokens = specialTokenTexts(configuration ?? {});
  const ofFile = async (file: string): Promise<ChatTemplate> => ({
    file,
    source: checked(file, await readTemplate(file)),
    specialTokens,
  });
  if (chosen !== null) return ofFile(chosen);
  const own = join(folder, 'chat_template.jinja');
  if (await fileExists(own)) return ofFile(own);
  const json = join(folder, 'chat_template.json');
  for (const [file, content] of [
    [json, await readJsonObjectIfAny(json)],
    [configurationFile, configuration],
  ] as const) {
    const source = templateOf(file, content?.chat_template);
    if (source !== undefined) return { file, source: checked(file, source), specialTokens };
  }
  return undefined;
}

async function readTemplate(file: string): Promise<string> {
  try {
    const { size } = await stat(file);
    if (size > 4 * MAX_TEMPLATE_CHARS) throw tooLong(file);
    return new TextDecoder('utf-8', { fatal: true }).decode(await readFile(file));
  } catch (error) {
    if (error instanceof TypeError) throw new UserError(`${file}: is not UTF-8 text; save the template as UTF-8.`);
    throw unreadable(file, error);
  }
}

/** "chat_template" is a text, or a list of named ones of which "default" is for conversations. */
function templateOf(file: string, value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) {
    for (const entry of value as unknown[]) {
      if (typeof entry !== 'object' || entry === null || !('name' in entry) || !('template' in entry)) continue;
      if (entry.name === 'default' && typeof entry.template === 'string') return entry.template;
    }
  }
  throw new UserError(
    `${file}: "chat_template" is neither a text nor a list with one named "default"; correct it, or give a template as "data.template".`,
  );
}

function checked(file: string, source: string): string {
  if (source.length > MAX_TEMPLATE_CHARS) throw tooLong(file);
  return source;
}

function tooLong(file: string): UserError {
  return new UserError(
    `${file}: the chat template has more than ${MAX_TEMPLATE_CHARS} characters; give a shorter one as "data.template".`,
  );
}

/** Every "…_token" of tokenizer_config.json: a text, or an object with its text. */
function specialTokenTexts(configuration: Readonly<Record<string, unknown>>): Record<string, string> {
  const texts: Record<string, string> = {};
  for (const [name, token] of Object.entries(configuration)) {
    if (!name.endsWith('_token')) continue;
    const text = typeof token === 'object' && token !== null && 'content' in token ? token.content : token;
    if (typeof text === 'string') texts[name] = text;
  }
  return texts;
}
