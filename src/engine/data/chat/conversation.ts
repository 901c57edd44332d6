/**
 * A message as a template sees it: "role" and "content" are texts, everything else is as the data has it ("tool_calls",
 * "tool_call_id", "name", "reasoning_content", …).
 */
export interface ChatMessage {
  readonly role: string;
  readonly content: string;
  readonly [key: string]: unknown;
}

/** One chat to learn from. Plain data: it travels to another process as it is. */
export interface Conversation {
  readonly messages: readonly ChatMessage[];
  /** Descriptions of functions that the template shows to the model. */
  readonly tools: readonly unknown[] | null;
  /** Indices of the assistant's messages to learn, ascending: usually all of them. */
  readonly learned: readonly number[];
}
