import * as vscode from 'vscode';
import { TOOL_NAMES, type ToolName } from '../../agents/toolNames';
import type { AgentOffers } from './agentOffers';
import { mcpApi } from './mcpApi';

/** Tools of all extensions share one space of names. */
const PREFIX = 'mora_';

/** What the context of an extension takes. */
interface Disposable {
  dispose(): unknown;
}

/** As in package.json. */
const MCP_PROVIDER = 'mora.mcp';

/**
 * Registers the tools for language models and the MCP server, where the editor knows such things: older and other
 * editors do not. What is behind them is loaded when a model first calls one.
 */
export function agentShells(offers: () => Promise<AgentOffers>): Disposable[] {
  return [...toolShells(offers), ...serverShell(offers)];
}

function toolShells(offers: () => Promise<AgentOffers>): Disposable[] {
  const { lm } = vscode as { readonly lm?: Partial<typeof vscode.lm> };
  const register = lm?.registerTool;
  return register === undefined ? [] : TOOL_NAMES.map((name) => register(`${PREFIX}${name}`, toolShell(name, offers)));
}

function toolShell(name: ToolName, offers: () => Promise<AgentOffers>): vscode.LanguageModelTool<unknown> {
  return {
    prepareInvocation: async ({ input }) => (await offers()).prepare(name, input),
    invoke: async ({ input }, token) => (await offers()).invoke(name, input, token),
  };
}

function serverShell(offers: () => Promise<AgentOffers>): Disposable[] {
  const api = mcpApi();
  if (api === undefined) return [];
  const changed = new vscode.EventEmitter<void>();
  const tell = (): void => {
    changed.fire();
  };
  return [
    changed,
    vscode.workspace.onDidChangeWorkspaceFolders(tell),
    vscode.workspace.onDidGrantWorkspaceTrust(tell),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration('mora.agentFolders')) tell();
    }),
    api.register(MCP_PROVIDER, {
      onDidChangeMcpServerDefinitions: changed.event,
      provideMcpServerDefinitions: async () => (await offers()).servers(api),
      resolveMcpServerDefinition: async (server) => (await offers()).resolveServer(server),
    }),
  ];
}
