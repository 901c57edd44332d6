import * as vscode from 'vscode';
import { z } from 'zod';
import { folderOf } from '../folderOf';
import { failuresIn } from './failures';
import { PanelHost } from './panelHost';
import { rankCsv } from './rankCsv';
import { RankSession, type RankSessionEditor } from './rankSession';
import { runItems } from './runPicker';
import { saveExport } from './saveExport';
import type { PanelServices } from './services';

const savedSchema = z.object({ path: z.string().min(1) });

/**
 * The rank view: effective rank of ΔW over layers and modules. `mora.openRank` takes a run's root, an adapter or a
 * checkpoint folder, and for a run a step.
 */
export function registerRankView(context: vscode.ExtensionContext, services: PanelServices): void {
  const sessions = new Map<string, RankSession>();
  const openAt = new Map<string, number>();
  const host = new PanelHost(
    {
      viewType: 'mora.rank',
      bundle: 'rank',
      element: 'mora-rank-view',
      open: (path, panel, post) => {
        const session = new RankSession(path, openAt.get(path) ?? null, { post, ...editorFor(panel, services) });
        openAt.delete(path);
        sessions.set(path, session);
        panel.onDidDispose(() => sessions.delete(path));
        return session;
      },
      keyOf: (state) => savedSchema.safeParse(state).data?.path,
    },
    services,
  );
  const show = async (argument: unknown, step: unknown): Promise<void> => {
    const path = folderOf(argument) ?? (await pickSource('', 'Show the rank of which run or adapter?'));
    if (path === undefined) return;
    const at = typeof step === 'number' ? step : checkpointStepOf(argument);
    const open = sessions.get(path);
    if (open === undefined && at !== undefined) openAt.set(path, at);
    host.show(path, 'Rank');
    if (at !== undefined) open?.goTo(at);
  };
  const { shown } = failuresIn(services.log);
  context.subscriptions.push(
    host,
    vscode.commands.registerCommand('mora.openRank', (...[argument, step]: unknown[]) => shown(show(argument, step))),
  );
}

/** A row of the run tree that stands for a checkpoint. */
function checkpointStepOf(argument: unknown): number | undefined {
  return z.object({ checkpoint: z.object({ step: z.number() }) }).safeParse(argument).data?.checkpoint.step;
}

function editorFor(panel: vscode.WebviewPanel, services: PanelServices): Omit<RankSessionEditor, 'post'> {
  const failures = failuresIn(services.log);
  return {
    inspect: (path) => services.inspect(path),
    pickOther: (path) => pickSource(path, 'Lay which run or adapter over this one?'),
    saveCsv: (sources) =>
      void failures.shown(saveExport(`${sources[0]?.name ?? 'rank'}-spectra`, 'csv', () => rankCsv(sources))),
    openRun: (root) => void failures.shown(vscode.commands.executeCommand('mora.openRun', root)),
    describe: ({ primary }) => {
      const title = `Rank: ${primary.name}`;
      if (panel.title !== title) panel.title = title;
    },
    reportError: failures.log,
  };
}

async function pickSource(path: string, question: string): Promise<string | undefined> {
  const browse = { label: '$(folder-opened) Adapter folder…', root: '', alwaysShow: true };
  const picked = await vscode.window.showQuickPick([...(await runItems(path)), browse], { placeHolder: question });
  if (picked !== browse) return picked?.root;
  const folders = await vscode.window.showOpenDialog({
    canSelectFiles: false,
    canSelectFolders: true,
    openLabel: 'Show Rank',
  });
  return folders?.[0]?.fsPath;
}
