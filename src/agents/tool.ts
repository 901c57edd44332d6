import { z } from 'zod';
import { issueMessage } from '../config/issueMessage';
import { UserError } from '../config/userError';
import type { AgentHost } from './agentHost';
import type { ToolName } from './toolNames';

/** Plain JSON. */
export type ToolResult = Readonly<Record<string, unknown>>;

/** What a person is asked before an agent's call is carried out. */
export interface Confirmation {
  readonly title: string;
  readonly message: string;
}

interface ToolDefinition<Input extends z.ZodType> {
  readonly name: ToolName;
  /** For people: "List runs". */
  readonly title: string;
  /** For the model: when to use it, and what comes back. */
  readonly description: string;
  readonly input: Input;
  /** "none": it only reads. Whoever offers the tool asks a person before the others. */
  readonly effect: 'none' | 'starts' | 'stops';
  /** What to ask before; throws as `call` would, and changes nothing. */
  readonly confirm?: (input: z.output<Input>, host: AgentHost) => Promise<Confirmation>;
  readonly call: (input: z.output<Input>, host: AgentHost, signal: AbortSignal) => Promise<ToolResult>;
}

/** A tool that agents can call, with input that is not validated yet. */
export interface AgentTool extends Pick<ToolDefinition<z.ZodType>, 'name' | 'title' | 'description' | 'effect'> {
  /** JSON Schema (draft 7) of its input, an object. */
  readonly inputSchema: Readonly<Record<string, unknown>> & { readonly type: 'object' };
  /** Undefined for a tool that only reads. */
  confirm(input: unknown, host: AgentHost): Promise<Confirmation | undefined>;
  /** Throws a UserError for what the agent or its user can mend, and the signal's reason when that aborts. */
  call(input: unknown, host: AgentHost, signal: AbortSignal): Promise<ToolResult>;
}

export function defineTool<Input extends z.ZodType>(definition: ToolDefinition<Input>): AgentTool {
  const { name, title, description, effect, input, confirm, call } = definition;
  const { $schema: _, ...schema } = z.toJSONSchema(input, { target: 'draft-7', io: 'input' });
  return {
    name,
    title,
    description,
    effect,
    inputSchema: { ...schema, type: 'object' },
    confirm: async (given, host) => confirm?.(parsed(name, input, given), host),
    call: async (given, host, signal) => {
      if (effect !== 'none' && host.readOnly !== undefined) {
        throw new UserError(`${name}: runs cannot be started or stopped, because ${host.readOnly}.`);
      }
      signal.throwIfAborted();
      return call(parsed(name, input, given), host, signal);
    },
  };
}

function parsed<Input extends z.ZodType>(name: ToolName, input: Input, given: unknown): z.output<Input> {
  const result = input.safeParse(given ?? {});
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  if (issue === undefined) throw new UserError(`${name}: the input does not fit its schema.`);
  if (issue.code === 'unrecognized_keys') {
    throw new UserError(`${name}: there is no input "${issue.keys.join('", "')}"; the schema names those there are.`);
  }
  const field = issue.path.join('.');
  throw new UserError(`${name}: ${field === '' ? 'the input' : `"${field}"`} ${issueMessage(issue)}.`);
}
