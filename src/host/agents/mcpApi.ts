import * as vscode from 'vscode';

// What VS Code 1.101 and later say of MCP servers that an extension brings; the oldest that we support has none of it.

/** A server that the editor starts and talks to over stdio. */
export interface McpServerDefinition {
  command: string;
  args: string[];
  env: Record<string, string | number | null>;
}

type McpServerConstructor = new (
  label: string,
  command: string,
  args: string[],
  env: Record<string, string | number | null>,
  version: string,
) => McpServerDefinition;

export interface McpServerProvider {
  readonly onDidChangeMcpServerDefinitions: vscode.Event<void>;
  provideMcpServerDefinitions(): Promise<McpServerDefinition[]>;
  /** Called when the server is about to start. */
  resolveMcpServerDefinition(server: McpServerDefinition): Promise<McpServerDefinition>;
}

export interface McpApi {
  readonly Server: McpServerConstructor;
  register(id: string, provider: McpServerProvider): vscode.Disposable;
}

/** The editor's side of MCP; undefined where it has none. */
export function mcpApi(): McpApi | undefined {
  const { lm, McpStdioServerDefinition } = vscode as {
    readonly lm?: {
      readonly registerMcpServerDefinitionProvider?: McpApi['register'];
    };
    readonly McpStdioServerDefinition?: McpServerConstructor;
  };
  const register = lm?.registerMcpServerDefinitionProvider;
  if (register === undefined || McpStdioServerDefinition === undefined) return undefined;
  return { Server: McpStdioServerDefinition, register };
}
