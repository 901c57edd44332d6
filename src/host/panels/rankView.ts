import * as vscode from 'vscode';
import { z } from 'zod';
import { failuresIn } from './failures';
import { PanelHost } from './panelHost';
import { rankCsv } from './rankCsv';
import { keysOf, pickSource } from './rankPicker';
import { RankSession, type RankSessionEditor } from './rankSession';
import { saveExport } from './saveExport';
import type { PanelServices } from './services';

const savedSchema = z.object({ path: z.string().min(1) });

/**
 * The rank view: effective rank of ΔW over layers and modules. `mora.openRank` takes a run's root, an adapter or a
 * checkpoint folder, and for a run a step; or two things selected in a tree, which are laid over each other. A model is
 * compared with the one that it was tuned from, which is asked for.
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
  const show = async (argument: unknown, second: unknown): Promise<void> => {
    const keys = await keysOf(argument, second);
    if (keys === undefined) return;
    const [first, beside] = keys;
    const path = first ?? (await pickSource('', vscode.l10n.t('Show the rank of which run or adapter?')));
    if (path === undefined) return;
    const at = typeof second === 'number' ? second : checkpointStepOf(argument);
    const open = sessions.get(path);
    if (open === undefined && at !== undefined) openAt.set(path, at);
    host.show(path, vscode.l10n.t('Rank'));
    if (at !== undefined) open?.goTo(at);
    if (beside !== undefined) sessions.get(path)?.compareWith(beside);
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
    alone: (work, signal) => services.alone(work, signal),
    pickOther: (path) => pickSource(path, vscode.l10n.t('Lay which run or adapter over this one?')),
    saveCsv: (sources, settings) =>
      void failures.shown(saveExport(`${sources[0]?.name ?? 'rank'}-spectra`, 'csv', () => rankCsv(sources, settings))),
    openRun: (root) => void failures.shown(vscode.commands.executeCommand('mora.openRun', root)),
    describe: ({ primary }) => {
      const title = vscode.l10n.t('Rank: {0}', primary.name);
      if (panel.title !== title) panel.title = title;
    },
    reportError: failures.log,
  };
}
