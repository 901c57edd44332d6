import { createContext, Script } from 'node:vm';
import { renderConversation, type RenderedConversation } from './renderConversation';
import { Template, type TemplateVariables } from './template';
import { TemplateError } from './templateError';
import type { TemplateAnswer, TemplateRequest } from './templateMessages';

/**
 * Longest time for a template or a conversation. The longest conversation that is read takes a good template a few
 * seconds; a hostile one can loop for ever.
 */
const TIME_LIMIT_MS = 20_000;

let template: { readonly compiled: Template; readonly specialTokens: TemplateVariables } | undefined;

/** Renders in a process of its own: whatever a template does with time or memory, only this process ends of it. */
function answer(request: TemplateRequest): TemplateAnswer {
  try {
    return { kind: 'rendered', ...limited(() => handle(request)) };
  } catch (error) {
    if (error instanceof TemplateError) return { kind: 'failed', reason: error.message };
    if (error instanceof Error && 'code' in error && error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') {
      return { kind: 'failed', reason: `takes longer than ${TIME_LIMIT_MS / 1000} s` };
    }
    throw error;
  }
}

function handle(request: TemplateRequest): RenderedConversation {
  if (request.kind === 'template') {
    template = { compiled: Template.compile(request.source), specialTokens: request.specialTokens };
    return { texts: [], isAltered: false };
  }
  if (template === undefined) throw new Error('a conversation came before its template');
  return renderConversation(template.compiled, request.conversation, template.specialTokens);
}

const sandbox = createContext({ work: undefined as unknown });
const call = new Script('work()');

/** The time limit of a script holds for all that it calls, so it needs no second thread to interrupt a loop. */
function limited<T>(work: () => T): T {
  sandbox.work = work;
  return call.runInContext(sandbox, { timeout: TIME_LIMIT_MS }) as T;
}

process.on('message', (request: TemplateRequest) => process.send?.(answer(request)));
// Whoever asked is gone.
process.on('disconnect', () => process.exit());
