import * as vscode from 'vscode';
import type { Plan } from '../../engine/rpc/plan';
import { counted } from '../../language/counted';
import { UserError } from '../../config/userError';
import { Disposables } from '../disposables';
import type { ConfigurationDiagnostics } from './diagnostics';
import type { PlanSource } from './planSource';
import { isConfigurationFile } from './configurationFile';
import { Debounced } from './debounced';

/** Planning reads the model's headers, so it waits until one stops typing. */
const QUIET_MS = 400;

type Summary =
  | { readonly kind: 'planning' }
  | { readonly kind: 'plan'; readonly title: string }
  | { readonly kind: 'problem'; readonly message: string };

/** Above the first line of a configuration: "▶ Train", and "plan: 14 modules, 36,864 parameters". */
export class ConfigurationLens implements vscode.CodeLensProvider, vscode.Disposable {
  private readonly owned = new Disposables();
  private readonly changed = this.owned.add(new vscode.EventEmitter<void>());
  private readonly summaries = new Map<string, { readonly version: number; readonly summary: Summary }>();
  private readonly stale = new Set<vscode.TextDocument>();
  private readonly plan = this.owned.add(new Debounced(() => void this.planStale(), QUIET_MS));

  readonly onDidChangeCodeLenses = this.changed.event;

  constructor(
    private readonly plans: PlanSource,
    private readonly diagnostics: ConfigurationDiagnostics,
    private readonly log: vscode.LogOutputChannel,
  ) {
    this.owned.add(
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration('mora.codeLens')) this.changed.fire();
      }),
    );
    this.owned.add(vscode.workspace.onDidCloseTextDocument(({ uri }) => this.summaries.delete(uri.toString())));
  }

  provideCodeLenses(document: vscode.TextDocument): vscode.CodeLens[] {
    if (!isConfigurationFile(document.uri)) return [];
    if (!vscode.workspace.getConfiguration('mora', document).get<boolean>('codeLens', true)) return [];
    const known = this.summaries.get(document.uri.toString());
    if (known?.version !== document.version) {
      this.stale.add(document);
      this.plan.call();
    }
    const top = new vscode.Range(0, 0, 0, 0);
    const summary = known?.summary ?? { kind: 'planning' };
    return [
      ...(vscode.workspace.isTrusted
        ? [
            new vscode.CodeLens(top, {
              command: 'mora.train',
              title: `$(play)\u00a0${vscode.l10n.t('Train')}`,
              arguments: [document.uri],
            }),
          ]
        : []),
      new vscode.CodeLens(top, lensOf(summary, document.uri)),
    ];
  }

  dispose(): void {
    this.owned.dispose();
  }

  private async planStale(): Promise<void> {
    const documents = [...this.stale];
    this.stale.clear();
    await Promise.all(documents.map((document) => this.planOne(document)));
  }

  private async planOne(document: vscode.TextDocument): Promise<void> {
    const { version } = document;
    const summary = await this.summarise(document);
    if (document.isClosed || document.version !== version || this.owned.isDisposed) return;
    this.diagnostics.setPlanProblem(document, summary.kind === 'problem' ? summary.message : undefined);
    this.summaries.set(document.uri.toString(), { version, summary });
    this.changed.fire();
  }

  private async summarise(document: vscode.TextDocument): Promise<Summary> {
    try {
      return { kind: 'plan', title: planTitle(await this.plans.plan(document, 0)) };
    } catch (error) {
      if (error instanceof Error && error.name === 'AbortError') return { kind: 'planning' };
      if (error instanceof UserError) return { kind: 'problem', message: error.message };
      this.log.error(error instanceof Error ? error : String(error));
      const message = vscode.l10n.t('The engine could not plan this; the output channel MoRA says why.');
      return { kind: 'problem', message };
    }
  }
}

/** "plan: 14 modules, 36,864 parameters". */
function planTitle(plan: Plan): string {
  const { l10n } = vscode;
  const parameters = counted(plan.trainableParameters, l10n.t('{0} parameter'), l10n.t('{0} parameters'));
  const modules = plan.modules.filter((module) => module.selected).length;
  return counted(modules, l10n.t('plan: {0} module, {1}'), l10n.t('plan: {0} modules, {1}'), parameters);
}

function lensOf(summary: Summary, uri: vscode.Uri): vscode.Command {
  switch (summary.kind) {
    case 'planning':
      return { command: 'mora.openAsForm', title: vscode.l10n.t('planning…'), arguments: [uri] };
    case 'plan':
      return {
        command: 'mora.openAsForm',
        title: summary.title,
        tooltip: vscode.l10n.t('Open as Form'),
        arguments: [uri],
      };
    case 'problem':
      return {
        command: 'workbench.actions.view.problems',
        title: `$(error) ${vscode.l10n.t('no plan, see Problems')}`,
        tooltip: summary.message,
      };
  }
}
