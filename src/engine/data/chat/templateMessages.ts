import type { ChatMessage, Conversation } from './conversation';
import type { TemplateVariables } from './template';
import type { RenderedConversation } from './renderConversation';

/** What a process that renders is asked: first its template, then conversations, one at a time. */
export type TemplateRequest =
  | {
      readonly kind: 'template';
      readonly source: string;
      readonly specialTokens: TemplateVariables;
      /** Longest time for the template itself and for each conversation. */
      readonly timeLimitMs: number;
    }
  | { readonly kind: 'conversation'; readonly conversation: Conversation }
  | ({ readonly kind: 'prompt' } & ChatPrompt);

/** A conversation up to where the assistant is to write. */
export interface ChatPrompt {
  readonly messages: readonly ChatMessage[];
  /** Descriptions of functions that the template shows to the model. */
  readonly tools: readonly unknown[] | null;
}

/** Its answer to each request, in order. */
export type TemplateAnswer =
  | ({ readonly kind: 'rendered' } & RenderedConversation)
  | { readonly kind: 'prompt'; readonly text: string }
  /** `reason` follows the words "the chat template FILE". */
  | { readonly kind: 'failed'; readonly reason: string };
