import { createContext, Script } from 'node:vm';
import { renderConversation, renderPrompt } from './renderConversation';
import { Template, type TemplateVariables } from './template';
import { TemplateError } from './templateError';
import type { TemplateAnswer, TemplateRequest } from './templateMessages';

// The renderer throws and catches an error for every variable that is not defined; nobody reads their stacks.
Error.stackTraceLimit = 0;

let template: { readonly compiled: Template; readonly specialTokens: TemplateVariables } | undefined;
let timeLimitMs = 1;

const TIMED_OUT = 'ERR_SCRIPT_EXECUTION_TIMEOUT';

/** Renders in a process of its own: whatever a template does with time or memory, only this process ends of it. */
function answer(request: TemplateRequest): TemplateAnswer {
  if (request.kind === 'template') timeLimitMs = request.timeLimitMs;
  try {
    return limited(() => handle(request));
  } catch (error) {
    if (error instanceof TemplateError) return { kind: 'failed', reason: error.message };
    // It comes from the script's own realm, whose Error is another one.
    if (typeof error === 'object' && error !== null && 'code' in error && error.code === TIMED_OUT) {
      return { kind: 'failed', reason: `takes longer than ${timeLimitMs / 1000} s` };
    }
    throw error;
  }
}

function handle(request: TemplateRequest): TemplateAnswer {
  if (request.kind === 'template') {
    template = { compiled: Template.compile(request.source), specialTokens: request.specialTokens };
    return { kind: 'rendered', texts: [], isAltered: false };
  }
  if (template === undefined) throw new Error('a conversation came before its template');
  const { compiled, specialTokens } = template;
  if (request.kind === 'prompt') return { kind: 'prompt', text: renderPrompt(compiled, request, specialTokens) };
  return { kind: 'rendered', ...renderConversation(compiled, request.conversation, specialTokens) };
}

const sandbox = createContext({ work: undefined as unknown });
const call = new Script('work()');

/** The time limit of a script holds for all that it calls, so it needs no second thread to interrupt a loop. */
function limited<T>(work: () => T): T {
  sandbox.work = work;
  return call.runInContext(sandbox, { timeout: timeLimitMs }) as T;
}

process.on('message', (request: TemplateRequest) => process.send?.(answer(request)));
// Whoever asked is gone.
process.on('disconnect', () => process.exit());
