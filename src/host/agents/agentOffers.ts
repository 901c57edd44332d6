import { isAbsolute } from 'node:path';
import * as vscode from 'vscode';
import type { AgentHost } from '../../agents/agentHost';
import type { ToolName } from '../../agents/toolNames';
import type { Services } from '../services';
import type { McpApi, McpServerDefinition } from './mcpApi';

/** What agents get of this window: the tools, and the MCP server for those that speak MCP. */
export class AgentOffers {
  constructor(private readonly services: Services) {}

  /** What the editor shows while a tool runs, and asks before one that starts or stops something. */
  async prepare(name: ToolName, input: unknown): Promise<vscode.PreparedToolInvocation> {
    const { TOOLS } = await import('../../agents/tools');
    const tool = TOOLS[name];
    const title = vscode.l10n.t(tool.title);
    const invocationMessage = vscode.l10n.t('MoRA: {0}', title);
    const host = await this.host();
    // Where nothing can be started, the call fails without a question before it.
    if (tool.effect === 'none' || host.readOnly !== undefined) return { invocationMessage };
    try {
      const confirmation = await tool.confirm(input, host);
      if (confirmation === undefined) return { invocationMessage };
      const { message } = confirmation;
      // As text: names of files and values may look like Markdown.
      return {
        invocationMessage,
        confirmationMessages: { title: confirmation.title, message: new vscode.MarkdownString().appendText(message) },
      };
    } catch (error) {
      // The call fails for the same reason, and tells the model; until then nothing goes without being asked.
      const { toolFailure } = await import('../../agents/toolFailure');
      const message = new vscode.MarkdownString().appendText(toolFailure(error));
      return { invocationMessage, confirmationMessages: { title: vscode.l10n.t('{0}?', title), message } };
    }
  }

  async invoke(
    name: ToolName,
    input: unknown,
    token: vscode.CancellationToken,
  ): Promise<vscode.LanguageModelToolResult> {
    const [{ TOOLS }, { toolFailure }] = await Promise.all([
      import('../../agents/tools'),
      import('../../agents/toolFailure'),
    ]);
    const abort = new AbortController();
    if (token.isCancellationRequested) abort.abort();
    const subscription = token.onCancellationRequested(() => abort.abort());
    try {
      const result = await TOOLS[name].call(input, await this.host(), abort.signal);
      return new vscode.LanguageModelToolResult([new vscode.LanguageModelTextPart(JSON.stringify(result))]);
    } catch (error) {
      if (abort.signal.aborted) throw new vscode.CancellationError();
      this.services.log.warn(`${name}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
      throw new Error(toolFailure(error), { cause: error });
    } finally {
      subscription.dispose();
    }
  }

  /** The MCP server over the workspace; none without a folder on disk. */
  servers({ Server }: McpApi): McpServerDefinition[] {
    const roots = workspaceRoots();
    if (roots.length === 0) return [];
    const { extensionUri } = this.services;
    const { isTrusted } = vscode.workspace;
    const args = [
      vscode.Uri.joinPath(extensionUri, 'dist', 'cli.js').fsPath,
      'mcp',
      ...[...roots, ...furtherFolders()].flatMap((folder) => ['--root', folder]),
      ...(isTrusted ? [] : ['--read-only']),
    ];
    return [new Server('MoRA Studio', 'node', args, {}, this.services.version)];
  }

  /** With the Node that runs the engine of this window. */
  async resolveServer(server: McpServerDefinition): Promise<McpServerDefinition> {
    const { node } = await this.services.engine.program();
    server.command = node;
    // The editor's own is Electron, which is Node only on request.
    if (node === process.execPath && process.versions.electron !== undefined) {
      server.env = { ...server.env, ELECTRON_RUN_AS_NODE: '1' };
    }
    return server;
  }

  private async host(): Promise<AgentHost> {
    const { runs, engine, extensionUri } = this.services;
    const [{ AllowedFolders }, { readDocument }] = await Promise.all([
      import('../../agents/allowedFolders'),
      import('../../agents/readDocument'),
    ]);
    const embedded = vscode.Uri.joinPath(extensionUri, 'media', 'model').fsPath;
    return {
      folders: await AllowedFolders.of(workspaceRoots(), [embedded, ...furtherFolders()]),
      readOnly: vscode.workspace.isTrusted ? undefined : 'the workspace is not trusted',
      runs: async () => (await runs.list({ text: '', groups: [] }, Infinity)).runs,
      readText: (file) => {
        const open = vscode.workspace.textDocuments.find(({ uri }) => uri.scheme === 'file' && uri.fsPath === file);
        return open === undefined ? readDocument(file) : Promise.resolve(open.getText());
      },
      engine: () => engine.service(),
      program: () => engine.program(),
      changed: (root) => void runs.read(root),
    };
  }
}

function workspaceRoots(): string[] {
  const folders = vscode.workspace.workspaceFolders ?? [];
  return folders.filter(({ uri }) => uri.scheme === 'file').map(({ uri }) => uri.fsPath);
}

/** The setting; where models and data are kept that several projects share. */
function furtherFolders(): string[] {
  const folders = vscode.workspace.getConfiguration('mora').get<unknown>('agentFolders', []);
  if (!Array.isArray(folders)) return [];
  return folders.filter((folder): folder is string => typeof folder === 'string' && isAbsolute(folder));
}
