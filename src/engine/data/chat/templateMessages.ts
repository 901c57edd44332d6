import type { Conversation } from './conversation';
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
  | { readonly kind: 'conversation'; readonly conversation: Conversation };

/** Its answer to each request, in order. */
export type TemplateAnswer =
  | ({ readonly kind: 'rendered' } & RenderedConversation)
  /** `reason` follows the words "the chat template FILE". */
  | { readonly kind: 'failed'; readonly reason: string };
