import { UserError } from '../../config/userError';
import { findChatTemplate } from '../data/chat/chatTemplate';
import { TemplateRenderer } from '../data/chat/templateRenderer';
import { conversationOf } from '../data/shapes/conversationOf';
import type { Tokenizer } from '../data/tokenizer';
import type { ChatRequest } from '../rpc/generation';

/** What a prompt is put before. */
export interface PromptModel {
  readonly folder: string;
  readonly tokenizer: Tokenizer;
  readonly vocabularySize: number;
  /** Longest sequence that the model reads. */
  readonly context: number;
}

/**
 * The tokens that a model is given for a text or a conversation. Throws a UserError when a conversation cannot be
 * rendered, or when nothing could be generated after the prompt.
 */
export async function promptTokens(
  prompt: string | ChatRequest,
  model: PromptModel,
  signal?: AbortSignal,
): Promise<number[]> {
  const tokens =
    typeof prompt === 'string'
      ? await textTokens(prompt, model.tokenizer)
      : // A template writes the start token itself.
        await model.tokenizer.encode(await chatPrompt(prompt, model.folder, signal), false);
  const stranger = tokens.find((id) => id >= model.vocabularySize);
  if (stranger !== undefined) {
    throw new UserError(
      `The prompt becomes token ${stranger} by ${model.tokenizer.file}, but the model has ${model.vocabularySize} tokens; use the model's own tokenizer.json.`,
    );
  }
  if (tokens.length >= model.context) {
    throw new UserError(
      `The prompt has ${tokens.length} tokens, but ${model.folder} reads ${model.context} with its answer; shorten it.`,
    );
  }
  return tokens;
}

async function textTokens(text: string, tokenizer: Tokenizer): Promise<number[]> {
  const own = await tokenizer.encode(text, false);
  // A prompt that begins with the start token already is not given a second one.
  const given = tokenizer.prefix.every((id, place) => own[place] === id) ? own : [...tokenizer.prefix, ...own];
  return given.length > 0 ? given : [tokenizer.startToken ?? tokenizer.endToken];
}

async function chatPrompt(
  { conversation, source, template: chosen }: ChatRequest,
  folder: string,
  signal: AbortSignal | undefined,
): Promise<string> {
  const { messages, tools } = conversationOf(recordOf(conversation, source), {
    messages: 'messages',
    system: 'system',
  });
  const last = messages.at(-1);
  if (last === undefined) throw new UserError(`${source}: has no messages; give at least one of the user.`);
  if (last.role === 'assistant') {
    throw new UserError(`${source}: the last message is the assistant's; end with the one that is to be answered.`);
  }
  const template = await findChatTemplate(folder, chosen ?? null);
  if (template === undefined) {
    throw new UserError(`${folder}: the model has no chat template; give one with --template, or a plain prompt.`);
  }
  const renderer = new TemplateRenderer(template);
  const dispose = (): void => renderer.dispose();
  signal?.addEventListener('abort', dispose);
  try {
    const answer = await renderer.renderPrompt({ messages, tools });
    signal?.throwIfAborted();
    if (answer.kind === 'prompt') return answer.text;
    throw new UserError(
      `${source}: the chat template ${renderer.file} ${answer.reason}; correct the messages, or give another template.`,
    );
  } finally {
    signal?.removeEventListener('abort', dispose);
    renderer.dispose();
  }
}

/** The conversation as one record of a data file. */
function recordOf(conversation: unknown, source: string): Parameters<typeof conversationOf>[0] {
  const value: unknown = Array.isArray(conversation) ? { messages: conversation } : conversation;
  if (typeof value !== 'object' || value === null || !('messages' in value)) {
    throw new UserError(`${source}: is neither a list of messages nor an object with "messages"; correct it.`);
  }
  return { file: source, line: 1, value: value, bytesRead: 0 };
}
