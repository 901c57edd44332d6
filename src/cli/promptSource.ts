import { resolve } from 'node:path';
import { UserError } from '../config/userError';
import type { GenerateParams } from '../engine/rpc/generation';
import { readTextFile } from './textFile';

export interface PromptOptions {
  readonly prompt?: string;
  readonly promptFile?: string;
  readonly messages?: string;
  /** The prompt is what a user says. */
  readonly chat: boolean;
  readonly system?: string;
  readonly template?: string;
}

/** What the options ask for; `template` where they name none. Throws a UserError when they ask for nothing, or for two. */
export async function promptSource(
  { prompt, promptFile, messages, chat, system, template: chosen }: PromptOptions,
  template: string | undefined,
): Promise<GenerateParams['prompt']> {
  const given = [prompt, promptFile, messages].filter((option) => option !== undefined);
  if (given.length !== 1) {
    throw new UserError('Give one prompt: --prompt TEXT, --prompt-file FILE, or --messages FILE.');
  }
  const own = chosen ?? template;
  const styled = own === undefined ? {} : { template: resolve(own) };
  if (messages !== undefined) {
    if (system !== undefined) throw new UserError('--system goes with --chat; of --messages the file says it all.');
    return { conversation: await readJson(messages), source: messages, ...styled };
  }
  // Editors end a file with a newline that is no part of what was written.
  const text = prompt ?? (await readTextFile(promptFile ?? '', 'a text file with the prompt')).replace(/\r?\n$/, '');
  if (!chat) {
    if (system !== undefined) throw new UserError('--system goes with --chat.');
    return text;
  }
  const said = [
    ...(system === undefined ? [] : [{ role: 'system', content: system }]),
    { role: 'user', content: text },
  ];
  return { conversation: said, source: promptFile ?? '--prompt', ...styled };
}

async function readJson(file: string): Promise<unknown> {
  const text = await readTextFile(file, 'a JSON file with messages');
  try {
    return JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UserError(`${file}: is not JSON (${reason}); give a list of messages with "role" and "content".`);
  }
}
