import type { ChatMessage, Conversation } from './conversation';
import { withArgumentTexts } from './argumentTexts';
import { readMarks } from './generationMarks';
import { showsAll } from './shownWords';
import type { Template, TemplateVariables } from './template';
import { TemplateError } from './templateError';
import type { ChatPrompt } from './templateMessages';
import { findTurns, type RenderedText, type Span } from './turns';

export interface RenderedConversation {
  /** Without any when there is nothing to learn. */
  readonly texts: readonly RenderedText[];
  /** Whether some message is in none of the texts as it was written: the template leaves it out or changes it. */
  readonly isAltered: boolean;
}

/**
 * The texts of a conversation and what of them the assistant wrote: by the template's own {% generation %} marks where
 * it has them, else found by {@link findTurns}. Throws a TemplateError.
 */
export function renderConversation(
  template: Template,
  conversation: Conversation,
  specialTokens: TemplateVariables,
): RenderedConversation {
  const texts = eitherWay(conversation, (asked) => textsOf(template, asked, specialTokens));
  return { texts, isAltered: texts.length > 0 && !showsAll(texts, conversation) };
}

/**
 * Renders with the arguments of calls as objects, which is what most templates print; for one that wants them as JSON
 * in a text, as OpenAI writes them (DeepSeek), so.
 */
function eitherWay(conversation: Conversation, render: (conversation: Conversation) => RenderedText[]): RenderedText[] {
  try {
    return render(conversation);
  } catch (error) {
    const messages = conversation.messages.map(withArgumentTexts);
    const isOther = messages.some((message, index) => message !== conversation.messages[index]);
    if (!(error instanceof TemplateError) || !isOther) throw error;
    try {
      return render({ ...conversation, messages });
    } catch {
      throw error;
    }
  }
}

/** The text that the model is given so that it answers a conversation. Throws a TemplateError. */
export function renderPrompt(
  template: Template,
  { messages, tools }: ChatPrompt,
  specialTokens: TemplateVariables,
): string {
  return template.render({ ...specialTokens, messages, tools, documents: null, add_generation_prompt: true });
}

function textsOf(template: Template, conversation: Conversation, specialTokens: TemplateVariables): RenderedText[] {
  const { messages, tools, learned } = conversation;
  const last = learned.at(-1);
  if (last === undefined) return [];
  const without = (shown: readonly ChatMessage[]): TemplateVariables => ({
    ...specialTokens,
    messages: shown,
    tools,
    documents: null,
    add_generation_prompt: false,
  });
  if (!template.hasMarks) {
    return findTurns(conversation, (shown, prompt) =>
      prompt ? renderPrompt(template, { messages: shown, tools }, specialTokens) : template.render(without(shown)),
    );
  }
  const whole = without(messages.slice(0, last + 1));
  const text = template.render(whole);
  const spans = readMarks(template.renderMarked(whole), text);
  if (spans === undefined) throw new TemplateError('has {% generation %} marks that change the text or do not pair');
  const chosen = chooseMarked(conversation, spans);
  return chosen.length === 0 ? [] : [{ text, spans: chosen }];
}

/** The marks of the turns to learn. Throws when only some are, and it cannot be told which marks are theirs. */
function chooseMarked({ messages, learned }: Conversation, spans: readonly Span[]): readonly Span[] {
  const turns = messages.flatMap(({ role }, index) => (role === 'assistant' ? [index] : []));
  const rendered = turns.filter((index) => index <= (learned.at(-1) ?? -1));
  if (rendered.length === learned.length) return spans;
  if (rendered.length !== spans.length) {
    throw new TemplateError('does not mark each answer once by {% generation %}, so that some can be left out');
  }
  return spans.filter((_, index) => learned.includes(rendered[index] ?? -1));
}
