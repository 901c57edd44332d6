import * as vscode from 'vscode';
import { z } from 'zod';
import { UserError } from '../../config/userError';
import { Disposables } from '../disposables';
import { checkpointFolderOf, folderOf } from '../folderOf';
import { failuresIn } from '../panels/failures';
import { PanelHost, type PanelSession } from '../panels/panelHost';
import type { Envelope } from '../protocol/channel';
import type { Services } from '../services';
import { requireTrust } from '../training/trust';
import { chooseBaseModel, chooseParticipant, choosePlayground } from './chooseParticipant';
import { choosePrompt } from './choosePrompt';
import { participantsOf } from './participant';
import { PlaygroundMemory } from './playgroundMemory';
import { PlaygroundSession } from './playgroundSession';

const savedSchema = z.object({ key: z.string().min(1) });

/**
 * The playground: a prompt, and what a model and an adapter make of it. `mora.openPlayground` takes a run's root, a
 * checkpoint, an adapter or model folder or a file in one, or asks.
 */
export function registerPlayground(context: vscode.ExtensionContext, services: Services): void {
  const { shown } = failuresIn(services.log);
  const memory = new PlaygroundMemory(context.workspaceState);
  const host = new PanelHost(
    {
      viewType: 'mora.playground',
      bundle: 'playground',
      element: 'mora-playground',
      open: (key, panel, post) => openSession(key, panel, post, services, memory),
      keyOf: (state) => savedSchema.safeParse(state).data?.key,
    },
    services,
  );
  const show = async (argument: unknown): Promise<void> => {
    if (!(await requireTrust(untrusted()))) return;
    requireDisk(argument);
    const path = checkpointFolderOf(argument) ?? folderOf(argument) ?? (await choosePlayground());
    if (path !== undefined) host.show(path, vscode.l10n.t('Playground'));
  };
  context.subscriptions.push(
    host,
    vscode.commands.registerCommand('mora.openPlayground', (argument: unknown) => shown(show(argument))),
  );
}

function openSession(
  key: string,
  panel: vscode.WebviewPanel,
  post: (message: Envelope) => void,
  { engine, log }: Services,
  memory: PlaygroundMemory,
): PanelSession {
  const owned = new Disposables();
  const failures = failuresIn(log);
  const session = owned.add(
    new PlaygroundSession(key, {
      memory,
      post,
      engine: () => {
        // A panel may be brought back into a window that trusts its workspace no longer.
        if (vscode.workspace.isTrusted) return engine.service();
        return Promise.reject(new UserError(untrusted()));
      },
      participants: participantsOf,
      choose: chooseParticipant,
      chooseBase: chooseBaseModel,
      choosePrompt: () => choosePrompt(memory),
      copy: (text) => void failures.shown(vscode.env.clipboard.writeText(text)),
      describe: (participants) => {
        const title = vscode.l10n.t('Playground: {0}', participants.at(-1)?.name ?? '');
        if (panel.title !== title) panel.title = title;
      },
      reportError: failures.log,
    }),
  );
  owned.add(vscode.workspace.onDidGrantWorkspaceTrust(() => session.lookAgain()));
  return {
    receive: (message) => session.receive(message),
    setVisible: (visible) => session.setVisible(visible),
    dispose: () => owned.dispose(),
  };
}

function untrusted(): string {
  return vscode.l10n.t('The playground runs a model in a process of its own, so it needs a trusted workspace.');
}

/** The engine reads model files itself, so they have to be on a disk. */
function requireDisk(argument: unknown): void {
  const folders = vscode.workspace.workspaceFolders ?? [];
  const isVirtual = folders.length > 0 && folders.every(({ uri }) => uri.scheme !== 'file');
  if (isVirtual || (argument instanceof vscode.Uri && argument.scheme !== 'file'))
    throw new UserError(
      vscode.l10n.t('The playground runs a model from its files on a disk; open the folder that has them.'),
    );
}
