import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { CallToolRequestSchema, ListToolsRequestSchema, type CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import { version } from '../../package.json';
import type { AgentHost } from '../agents/agentHost';
import { AllowedFolders } from '../agents/allowedFolders';
import { foundRuns } from '../agents/foundRuns';
import { readDocument } from '../agents/readDocument';
import { toolFailure } from '../agents/toolFailure';
import { toolNamed, TOOLS } from '../agents/tools';
import type { AgentTool } from '../agents/tool';
import type { EngineProgram } from '../engine/rpc/engineProgram';
import type { EngineService } from '../engine/rpc/engineService';
import { startEngineService } from '../engine/rpc/startEngineService';

export interface AgentServerOptions {
  /** Absolute folders that agents may reach. */
  readonly roots: readonly string[];
  /** Absolute folders that they may read too. */
  readonly embedded: readonly string[];
  readonly mayAct: boolean;
  readonly program: EngineProgram;
  readonly debug: boolean;
}

const INSTRUCTIONS = [
  'Fine-tunes language models with MoRA and LoRA on this machine.',
  'A *.mora.json document describes one fine-tune; plan_configuration says what it means, start_run trains it, read_run_metrics watches, describe_checkpoint measures what was learned.',
].join(' ');

/** Serves the tools on standard input and output; resolves when the client has gone. Runs that were started go on. */
export async function serveAgents(options: AgentServerOptions): Promise<void> {
  const { program, debug, mayAct } = options;
  const log = (text: string): void => {
    if (debug) process.stderr.write(text);
  };
  let engine: EngineService | undefined;
  const host: AgentHost = {
    folders: await AllowedFolders.of(options.roots, options.embedded),
    readOnly: mayAct ? undefined : 'this server was started with --read-only',
    runs: (signal) => foundRuns(options.roots, signal),
    readText: readDocument,
    engine: () => Promise.resolve((engine ??= startEngineService({ ...program, onLog: log }))),
    program: () => Promise.resolve(program),
    changed: () => undefined,
  };
  const server = new McpServer({ name: 'mora', version }, { capabilities: { tools: {} }, instructions: INSTRUCTIONS });
  // The requests themselves: the tools check their input for the editor too, and say in a sentence what is wrong with it.
  const requests = server.server;
  const tools = Object.values(TOOLS).filter(({ effect }) => mayAct || effect === 'none');
  requests.setRequestHandler(ListToolsRequestSchema, () => ({ tools: tools.map(described) }));
  requests.setRequestHandler(CallToolRequestSchema, async ({ params }, { signal }) => {
    try {
      return answer(await toolNamed(params.name).call(params.arguments, host, signal));
    } catch (error) {
      log(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
      return { isError: true, content: [{ type: 'text', text: toolFailure(error) }] };
    }
  });
  await server.connect(new StdioServerTransport());
  await clientGone();
  await server.close();
  engine?.dispose();
}

/** A tool as the protocol describes it. Its hints say which calls a person should be asked about. */
function described({ name, title, description, inputSchema, effect }: AgentTool) {
  return {
    name,
    title,
    description,
    inputSchema: { ...inputSchema },
    annotations: {
      title,
      readOnlyHint: effect === 'none',
      // Starting takes the machine but destroys nothing; stopping ends what somebody may still want.
      destructiveHint: effect === 'stops',
      idempotentHint: effect !== 'starts',
      // Only training may fetch something: a model of the hub that is not in the cache.
      openWorldHint: effect === 'starts',
    },
  };
}

function answer(result: Readonly<Record<string, unknown>>): CallToolResult {
  return { content: [{ type: 'text', text: JSON.stringify(result) }], structuredContent: { ...result } };
}

function clientGone(): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => resolve();
    process.stdin.once('end', end).once('close', end).once('error', end);
    process.once('SIGINT', end).once('SIGTERM', end);
  });
}
