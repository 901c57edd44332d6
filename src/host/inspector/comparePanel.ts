import { basename } from 'node:path';
import * as vscode from 'vscode';
import { z } from 'zod';
import { UserError } from '../../config/userError';
import { Disposables } from '../disposables';
import { failuresIn } from '../panels/failures';
import { PanelHost, type PanelSession } from '../panels/panelHost';
import type { Services } from '../services';
import { CompareSession } from './compareSession';
import { LocalCopy } from './localCopy';

const savedSchema = z.object({ key: z.string().min(1) });
const pairSchema = z.tuple([z.string(), z.string()]);

/**
 * Compares two checkpoints tensor by tensor. `mora.compareCheckpoints` takes two files, as the explorer gives those that
 * are selected, or one, or none, and asks for what is missing.
 */
export function registerComparison(context: vscode.ExtensionContext, services: Services): void {
  const { shown } = failuresIn(services.log);
  const host = new PanelHost(
    {
      viewType: 'mora.compare',
      bundle: 'compare',
      element: 'mora-compare',
      open: (key, panel, post) => openSession(key, panel, post, services),
      keyOf: (state) => {
        const key = savedSchema.safeParse(state).data?.key;
        return key !== undefined && pairOf(key) !== undefined ? key : undefined;
      },
    },
    services,
  );
  const show = async (clicked: unknown, selected: unknown): Promise<void> => {
    const [left, right] = await bothOf(urisOf(clicked, selected));
    if (left === undefined || right === undefined) return;
    if (left.toString() === right.toString()) {
      throw new UserError(vscode.l10n.t('{0}: would be compared with itself; choose another file.', left.fsPath));
    }
    const key = JSON.stringify([left.toString(), right.toString()]);
    host.show(key, `${nameOf(left)} ↔ ${nameOf(right)}`);
  };
  context.subscriptions.push(
    host,
    vscode.commands.registerCommand('mora.compareCheckpoints', (...[clicked, selected]: unknown[]) =>
      shown(show(clicked, selected)),
    ),
  );
}

function openSession(
  key: string,
  panel: vscode.WebviewPanel,
  post: ConstructorParameters<typeof CompareSession>[0]['post'],
  { engine, log }: Services,
): PanelSession {
  const pair = pairOf(key);
  if (pair === undefined) throw new Error(`no pair to compare: ${key}`);
  const owned = new Disposables();
  const failures = failuresIn(log);
  const [left, right] = pair.map((uri) => {
    const copy = uri.scheme === 'file' ? undefined : owned.add(new LocalCopy(uri));
    const open = (): void => void failures.shown(vscode.commands.executeCommand('mora.inspect', uri));
    return { uri, copy, open };
  }) as [Side, Side];
  panel.title = `${nameOf(left.uri)} ↔ ${nameOf(right.uri)}`;
  const locate = (side: Side, signal: AbortSignal) =>
    side.copy === undefined ? { path: side.uri.fsPath, note: null } : side.copy.make(signal);
  const session = owned.add(
    new CompareSession({
      key,
      names: [nameOf(left.uri), nameOf(right.uri)],
      post,
      engine: () => engine.service(),
      locate: async (_anew, signal) => [await locate(left, signal), await locate(right, signal)],
      openLeft: left.open,
      openRight: right.open,
      swap: () =>
        void failures.shown(
          vscode.commands.executeCommand('mora.compareCheckpoints', right.uri, [right.uri, left.uri]),
        ),
      reportError: failures.log,
    }),
  );
  return {
    receive: (message) => session.receive(message),
    setVisible: (visible) => session.setVisible(visible),
    dispose: () => owned.dispose(),
  };
}

interface Side {
  readonly uri: vscode.Uri;
  readonly copy: LocalCopy | undefined;
  readonly open: () => void;
}

function pairOf(key: string): readonly [vscode.Uri, vscode.Uri] | undefined {
  try {
    const [left, right] = pairSchema.parse(JSON.parse(key));
    return [vscode.Uri.parse(left, true), vscode.Uri.parse(right, true)];
  } catch {
    return undefined;
  }
}

/** Adapters are all called adapter_model.safetensors; their folders tell them apart. */
function nameOf(uri: vscode.Uri): string {
  return `${basename(vscode.Uri.joinPath(uri, '..').path)}/${basename(uri.path)}`;
}

function urisOf(clicked: unknown, selected: unknown): vscode.Uri[] {
  const uris = Array.isArray(selected) ? selected.filter((each) => each instanceof vscode.Uri) : [];
  if (uris.length >= 2) return uris.slice(0, 2);
  if (clicked instanceof vscode.Uri) return [clicked];
  const { activeTab } = vscode.window.tabGroups.activeTabGroup;
  const input = activeTab?.input;
  return input instanceof vscode.TabInputCustom && input.viewType.startsWith('mora.inspector') ? [input.uri] : [];
}

async function bothOf(given: readonly vscode.Uri[]): Promise<readonly (vscode.Uri | undefined)[]> {
  const left = given[0] ?? (await pick(vscode.l10n.t('Compare which checkpoint?')));
  if (left === undefined) return [];
  const question = vscode.l10n.t('Compare {0} with which checkpoint?', nameOf(left));
  return [left, given[1] ?? (await pick(question, left))];
}

async function pick(title: string, beside?: vscode.Uri): Promise<vscode.Uri | undefined> {
  const folder = beside === undefined ? vscode.workspace.workspaceFolders?.[0]?.uri : vscode.Uri.joinPath(beside, '..');
  const files = await vscode.window.showOpenDialog({
    title,
    openLabel: vscode.l10n.t('Compare'),
    filters: { [vscode.l10n.t('Checkpoints')]: ['safetensors', 'json'] },
    ...(folder !== undefined && { defaultUri: folder }),
  });
  return files?.[0];
}
