import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { UserError } from '../config/userError';
import { engineProgram } from './engineProgram';

export interface McpOptions {
  /** Folders that agents may reach; the current one when there are none. */
  readonly root: readonly string[];
  readonly readOnly: boolean;
  readonly debug: boolean;
}

/** `mora mcp`: answers agents over the Model Context Protocol on stdio until its client closes it. */
export async function mcp({ root, readOnly, debug }: McpOptions): Promise<void> {
  const roots = (root.length === 0 ? ['.'] : root).map((folder) => resolve(folder));
  for (const folder of roots) await requireFolder(folder);
  // A bundle of its own: no other command waits for what it loads.
  const { serveAgents } = await import('./mcpServer');
  await serveAgents({ roots, embedded: [embeddedModels()], mayAct: !readOnly, program: engineProgram(), debug });
}

/** Where the embedded model lies, which the examples name. */
function embeddedModels(): string {
  return fileURLToPath(new URL('../media/model', import.meta.url));
}

async function requireFolder(folder: string): Promise<void> {
  const isFolder = await stat(folder).then(
    (stats) => stats.isDirectory(),
    () => false,
  );
  if (!isFolder) throw new UserError(`--root ${folder}: there is no such folder; give one that agents may reach.`);
}
