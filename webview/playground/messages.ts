import type { ParticipantFacts, PlaygroundViewEnd, Prompt } from '../../src/host/protocol/playground';

type Events = PlaygroundViewEnd['events'];

export function asParticipants(body: unknown): readonly ParticipantFacts[] {
  if (!Array.isArray(body) || body.length === 0) throw new Error('there is nobody to answer; reopen the playground');
  return body as readonly ParticipantFacts[];
}

export function asThread(body: unknown): Events['thread'] {
  const { thread, isRunning } = asObject(body);
  if (!Array.isArray(thread)) throw new Error('the thread is no list');
  return { thread: thread as Events['thread']['thread'], isRunning: isRunning === true };
}

export function asAnswer(body: unknown): Events['answer'] {
  const { exchange, side, answer } = asObject(body);
  if (typeof exchange !== 'number' || typeof side !== 'number' || typeof asObject(answer).text !== 'string')
    throw new Error('the answer is incomplete');
  return body as Events['answer'];
}

export function asPrompt(body: unknown): Prompt {
  if (typeof asObject(body).text !== 'string') throw new Error('the prompt has no text');
  return body as Prompt;
}

export function asText(body: unknown): string {
  if (typeof body !== 'string') throw new Error('the problem is no text');
  return body;
}

function asObject(body: unknown): Record<string, unknown> {
  if (typeof body !== 'object' || body === null) throw new Error('the message is no object');
  return body as Record<string, unknown>;
}
