import { basename, dirname, join } from 'node:path';
import * as vscode from 'vscode';
import { UserError } from '../../config/userError';
import type { ExportFormatName, ExportReport } from '../../engine/rpc/export';
import { counted } from '../../language/counted';
import { withDecimalMark } from '../../language/language';
import { checkpointFolderOf, folderOf } from '../folderOf';
import { runItems } from '../panels/runPicker';
import type { Services } from '../services';
import { requireTrust } from '../training/trust';

interface Kind {
  readonly format: ExportFormatName;
  readonly title: string;
  /** What the folder is called beside the adapter, unless the user says otherwise. */
  readonly suffix: string;
  readonly label: string;
}

const KINDS = {
  merge: {
    format: 'merged',
    title: vscode.l10n.t('Merge Adapter into Base'),
    suffix: 'merged',
    label: vscode.l10n.t('Write Model'),
  },
  peft: {
    format: 'peft',
    title: vscode.l10n.t('Export Adapter to PEFT LoRA'),
    suffix: 'lora',
    label: vscode.l10n.t('Write LoRA'),
  },
} as const satisfies Record<string, Kind>;

/** Below this share of ‖ΔW‖ an error is float32's own rounding. */
const EXACT = 1e-6;

/**
 * Writes an adapter in another form into a folder that the user names, by the engine, which reads it back before it says
 * that it is done. Nothing is overwritten: the folder must be new or empty.
 */
export async function exportAdapter(services: Services, which: keyof typeof KINDS, argument: unknown): Promise<void> {
  if (!(await requireTrust())) return;
  const kind = KINDS[which];
  const adapter = adapterFolder(argument) ?? (await pickAdapter(kind.title));
  if (adapter === undefined) return;
  const out = await pickOutput(adapter, kind);
  if (out === undefined) return;
  const service = await services.engine.service();
  const export_ = (model: string | undefined): Promise<ExportReport | undefined> =>
    withProgress(kind.title, (report, signal) =>
      service.export(
        { adapter, out, format: kind.format, ...(model !== undefined && { model }) },
        ({ activity, done, total }) => report(activity, done / Math.max(1, total)),
        signal,
      ),
    );
  const report = await export_(undefined).catch(async (error: unknown) => {
    // An adapter names its base by the path or id it had where it was trained.
    const model = await anotherBase(error);
    if (model === undefined) throw error;
    return export_(model);
  });
  if (report !== undefined) await say(report, services);
}

function adapterFolder(argument: unknown): string | undefined {
  const path = checkpointFolderOf(argument) ?? folderOf(argument);
  return path !== undefined && /\.(safetensors|json)$/.test(path) ? dirname(path) : path;
}

async function pickAdapter(title: string): Promise<string | undefined> {
  const browse = { label: `$(folder-opened) ${vscode.l10n.t('Adapter folder…')}`, root: '', alwaysShow: true };
  const picked = await vscode.window.showQuickPick([...(await runItems('')), browse], {
    title,
    placeHolder: vscode.l10n.t('Which run or adapter?'),
  });
  if (picked !== browse) return picked?.root;
  const folders = await vscode.window.showOpenDialog({
    title,
    canSelectFiles: false,
    canSelectFolders: true,
    openLabel: vscode.l10n.t('Choose Adapter'),
  });
  return folders?.[0]?.fsPath;
}

async function pickOutput(adapter: string, { title, suffix, label }: Kind): Promise<string | undefined> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? dirname(adapter);
  const uri = await vscode.window.showSaveDialog({
    title: vscode.l10n.t('{0}: a new folder', title),
    saveLabel: label,
    defaultUri: vscode.Uri.file(join(folder, `${basename(adapter)}-${suffix}`)),
  });
  return uri?.fsPath;
}

/** Asks for the base model where the export could not find the one that the adapter names. */
async function anotherBase(error: unknown): Promise<string | undefined> {
  if (!(error instanceof UserError) || !/base model|--model/.test(error.message)) return undefined;
  const choose = vscode.l10n.t('Choose Base Model…');
  const answer = await vscode.window.showWarningMessage(error.message, { modal: true }, choose);
  if (answer !== choose) return undefined;
  const folders = await vscode.window.showOpenDialog({
    title: vscode.l10n.t('Which model was the adapter trained on?'),
    canSelectFiles: false,
    canSelectFolders: true,
    openLabel: vscode.l10n.t('Use as Base'),
  });
  return folders?.[0]?.fsPath;
}

/** Undefined when it was cancelled, which leaves nothing behind. */
async function withProgress<T>(
  title: string,
  work: (report: (activity: string, share: number) => void, signal: AbortSignal) => Promise<T>,
): Promise<T | undefined> {
  const controller = new AbortController();
  const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
  return vscode.window.withProgress(options, async (progress, token) => {
    token.onCancellationRequested(() => controller.abort());
    let shown = 0;
    let current = '';
    try {
      return await work((activity, share) => {
        if (activity !== current) {
          // Each activity counts from its beginning; a bar cannot go back.
          current = activity;
          shown = 0;
        }
        const percent = Math.floor(100 * share);
        if (percent > shown || shown === 0)
          progress.report({ message: vscode.l10n.t('{0}, {1} %', activity, percent) });
        shown = Math.max(shown, percent);
      }, controller.signal);
    } catch (error) {
      if (controller.signal.aborted) return undefined;
      throw error;
    }
  });
}

async function say(
  { out, format, approximations, overall, logits, warnings }: ExportReport,
  { log }: Services,
): Promise<void> {
  for (const warning of warnings) log.warn(warning);
  const isExact = approximations.every(({ error }) => error < EXACT);
  const { l10n } = vscode;
  const how =
    format !== 'peft' || overall === undefined
      ? l10n.t(
          'Read back: logits differ from base plus adapter by {0} at most.',
          withDecimalMark(logits.difference.toPrecision(2)),
        )
      : isExact
        ? l10n.t('It is exact: BA is ΔW within rounding.')
        : l10n.t(
            'It is near, not exact: ‖ΔW − BA‖ is {0} % of ‖ΔW‖.',
            withDecimalMark((100 * overall.error).toPrecision(3)),
          );
  const more = counted(warnings.length, l10n.t('{0} warning is in the log.'), l10n.t('{0} warnings are in the log.'));
  const sentences = [l10n.t('Wrote {0}.', out), how, ...(warnings.length === 0 ? [] : [more])];
  const open = l10n.t('Inspect');
  const reveal = l10n.t('Reveal');
  const answer = await vscode.window.showInformationMessage(sentences.join(' '), open, reveal);
  if (answer === reveal) await vscode.commands.executeCommand('revealInExplorer', vscode.Uri.file(out));
  if (answer !== open) return;
  const name = format === 'peft' ? 'adapter_model.safetensors' : 'model.safetensors';
  const files = await vscode.workspace.fs.readDirectory(vscode.Uri.file(out));
  const found = files.some(([file]) => file === name) ? name : 'model.safetensors.index.json';
  await vscode.commands.executeCommand('mora.inspect', vscode.Uri.file(join(out, found)));
}
