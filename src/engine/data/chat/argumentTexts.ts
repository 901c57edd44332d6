import type { ChatMessage } from './conversation';

/** A message with the arguments of its calls as JSON in a text; the same message when it has none. */
export function withArgumentTexts(message: ChatMessage): ChatMessage {
  if (!Array.isArray(message.tool_calls)) return message;
  return { ...message, tool_calls: (message.tool_calls as unknown[]).map(withText) };
}

function withText(call: unknown): unknown {
  if (typeof call !== 'object' || call === null || !('function' in call)) return call;
  const called = call.function;
  if (typeof called !== 'object' || called === null || !('arguments' in called)) return call;
  const given = called.arguments;
  return { ...call, function: { ...called, arguments: typeof given === 'string' ? given : pythonJson(given) } };
}

/** JSON as Python writes it, with a space after each comma and colon. */
function pythonJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(pythonJson).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const fields = Object.entries(value).map(([key, field]) => `${JSON.stringify(key)}: ${pythonJson(field)}`);
  return `{${fields.join(', ')}}`;
}
