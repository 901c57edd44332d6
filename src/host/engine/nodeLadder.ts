import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import * as l10n from '@vscode/l10n';
import { UserError } from '../../config/userError';

/** The oldest that the engine is built for and tested on (see "engines" in package.json). */
const OLDEST_NODE = 20;

/** A version manager's shim may first look up which Node a folder wants. */
const PROBE_TIMEOUT_MS = 5_000;

/** A Node.js that can run the engine. */
export interface NodeRuntime {
  readonly executable: string;
  readonly version: string;
  readonly origin: 'setting' | 'path' | 'editor';
}

export interface LadderOptions {
  /** The setting mora.enginePath; empty when unset. */
  readonly setting: string;
  /** The program that runs the extension: Node, or Electron, which is Node on request (engineEnvironment asks). */
  readonly editor: { readonly executable: string; readonly version: string };
  /** Asks an executable for its version ("v22.1.0"); rejects when it is none. */
  readonly probe?: (executable: string) => Promise<string>;
}

/**
 * The first rung that holds: the setting, `node` on the PATH, the editor's own runtime.
 * A plain Node comes before the editor's, because Electron refuses memory that native code owns and caps the heap at
 * 4 GiB. Throws a UserError when the setting is wrong: a choice that was made is not passed over in silence.
 */
export async function findNode({ setting, editor, probe = askVersion }: LadderOptions): Promise<NodeRuntime> {
  const chosen = setting.trim();
  if (chosen !== '') {
    const version = await probe(chosen).catch((error: unknown) => {
      throw new UserError(
        l10n.t(
          'The setting "mora.enginePath" names {0}, which does not run as Node.js ({1}); correct it or clear it.',
          chosen,
          reasonOf(error),
        ),
      );
    });
    if (majorOf(version) < OLDEST_NODE) {
      throw new UserError(
        l10n.t(
          'The setting "mora.enginePath" names {0}, which is Node.js {1}; the engine needs {2} or later.',
          chosen,
          version,
          OLDEST_NODE,
        ),
      );
    }
    return { executable: chosen, version, origin: 'setting' };
  }
  const onPath = await probe('node').catch(() => undefined);
  if (onPath !== undefined && majorOf(onPath) >= OLDEST_NODE) {
    return { executable: 'node', version: onPath, origin: 'path' };
  }
  if (majorOf(editor.version) >= OLDEST_NODE) {
    return { ...editor, origin: 'editor' };
  }
  throw new UserError(
    onPath === undefined
      ? l10n.t(
          'The engine needs Node.js {0} or later: there is no "node" on the PATH, and the editor\'s own is {1}; install one, or name it in the setting "mora.enginePath".',
          OLDEST_NODE,
          editor.version,
        )
      : l10n.t(
          'The engine needs Node.js {0} or later: "node" on the PATH is {2}, and the editor\'s own is {1}; install one, or name it in the setting "mora.enginePath".',
          OLDEST_NODE,
          editor.version,
          onPath,
        ),
  );
}

/** One sentence for the log. */
export function describeNode(node: NodeRuntime): string {
  const origins = {
    setting: 'from the setting mora.enginePath',
    path: 'from the PATH',
    editor: "the editor's own; no node on the PATH is recent enough",
  } as const;
  return `Node.js ${node.version} at ${node.executable} (${origins[node.origin]})`;
}

async function askVersion(executable: string): Promise<string> {
  // A debugger's NODE_OPTIONS are meant for the extension host and would stop this process at its first line.
  const env = { ...process.env, NODE_OPTIONS: undefined };
  const { stdout } = await promisify(execFile)(executable, ['--version'], { timeout: PROBE_TIMEOUT_MS, env });
  const version = stdout.trim();
  if (!/^v\d+\./.test(version)) throw new Error(`it answers ${JSON.stringify(version.slice(0, 40))} to --version`);
  return version;
}

function majorOf(version: string): number {
  return Number(/^v?(\d+)/.exec(version)?.[1] ?? 0);
}

function reasonOf(error: unknown): string {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code;
  return error instanceof Error ? error.message : String(error);
}
