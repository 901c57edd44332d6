import './localise';
import * as vscode from 'vscode';
import { AgentOffers } from './agents/agentOffers';
import { CONFIGURATION_FILES } from './configuration/configurationFile';
import { ConfigurationLens } from './configuration/configurationLens';
import { ConfigurationDiagnostics } from './configuration/diagnostics';
import { openAsForm, openAsText, openTextBeside } from './configuration/openConfiguration';
import { PlanSource } from './configuration/planSource';
import { Disposables } from './disposables';
import { EngineHost } from './engine/engineHost';
import { registerComparison } from './inspector/comparePanel';
import { exportAdapter } from './inspector/exportAdapter';
import { inspect } from './inspector/inspect';
import { InspectorEditor } from './inspector/inspectorEditor';
import { registerRankView } from './panels/rankView';
import { registerRunPanel } from './panels/runPanel';
import type { PanelServices } from './panels/services';
import { registerPlayground } from './playground/playground';
import { FormEditor } from './form/formEditor';
import { runCommands } from './runs/runCommands';
import { RunNotices } from './runs/runNotices';
import { RunStore } from './runs/runStore';
import { RunStatusBar } from './runs/runStatusBar';
import { RunTree, type RunNode } from './runs/runTree';
import { RunTreeOptions } from './runs/runTreeOptions';
import type { Services } from './services';
import { addTensorFlow } from './start/addTensorFlow';
import { Doctor } from './start/doctor';
import { newConfiguration } from './start/newConfiguration';
import { openExample, trainExample } from './start/openExample';
import { openGuide } from './start/openGuide';
import { train } from './training/train';

export { reportError } from './reportError';

/**
 * Everything behind the shells that activate registers. Loading it costs more than an activation may, so it is imported
 * right after activation has ended, or when the first shell is used.
 */
export class Studio implements vscode.Disposable {
  private readonly owned = new Disposables();
  readonly tree: RunTree;
  readonly form: FormEditor;
  readonly inspector: InspectorEditor;
  readonly agents: AgentOffers;
  readonly commands: Readonly<Record<string, (...args: unknown[]) => Promise<void>>>;

  constructor(services: Services, runsView: vscode.TreeView<RunNode>, memory: vscode.Memento) {
    const plans = this.owned.add(new PlanSource(services.engine));
    const diagnostics = this.owned.add(new ConfigurationDiagnostics());
    const lens = this.owned.add(new ConfigurationLens(plans, diagnostics, services.log));
    this.owned.add(vscode.languages.registerCodeLensProvider(CONFIGURATION_FILES, lens));
    this.owned.add(new RunStatusBar(services.runs));
    this.owned.add(new RunNotices(services.runs));
    const options = this.owned.add(new RunTreeOptions(memory));
    this.tree = this.owned.add(new RunTree(services.runs, options));
    const describe = (): void => {
      runsView.message = options.description === undefined ? '' : vscode.l10n.t('Only {0}', options.description);
    };
    this.owned.add(options.onDidChange(describe));
    this.form = new FormEditor(services, plans);
    this.inspector = new InspectorEditor(services);
    this.agents = new AgentOffers(services);
    const doctor = this.owned.add(new Doctor(services));
    this.commands = {
      ...runCommands(services, runsView, this.tree, options),
      'mora.train': (argument) => train(services, argument),
      'mora.openAsText': (argument) => openAsText(argument),
      'mora.openTextBeside': (argument) => openTextBeside(argument),
      'mora.openAsForm': (argument) => openAsForm(argument),
      'mora.newConfiguration': () => newConfiguration(services),
      'mora.openExample': async () => {
        await openExample(services);
      },
      'mora.trainExample': () => trainExample(services),
      'mora.openGuide': () => openGuide(),
      'mora.doctor': () => doctor.show(),
      'mora.addTensorFlow': () => addTensorFlow(services),
      'mora.inspect': (argument) => inspect(argument),
      'mora.mergeAdapter': (argument) => exportAdapter(services, 'merge', argument),
      'mora.exportAdapter': (argument) => exportAdapter(services, 'peft', argument),
    };
    // Finds the runs that went on while no window was open.
    services.runs.refresh();
  }

  dispose(): void {
    this.owned.dispose();
  }
}

/** Makes the studio of this window; the extension's context owns it. */
export function openStudio(
  context: vscode.ExtensionContext,
  log: vscode.LogOutputChannel,
  runsView: vscode.TreeView<RunNode>,
): Studio {
  const tensorFlowFolder = vscode.Uri.joinPath(context.globalStorageUri, 'tensorflow').fsPath;
  const engine = new EngineHost(context.extensionUri, log, tensorFlowFolder);
  const runs = new RunStore(log);
  const version = (context.extension.packageJSON as { version: string }).version;
  const { extensionUri, logUri: logs } = context;
  const services: Services = { extensionUri, version, log, logs, tensorFlowFolder, engine, runs };
  const studio = new Studio(services, runsView, context.workspaceState);
  context.subscriptions.push(engine, runs, studio);
  const panels: PanelServices = {
    ...services,
    inspect: async (path) => (await engine.service()).inspect({ path }),
    alone: (work, signal) => engine.alone(work, signal),
  };
  registerRunPanel(context, panels);
  registerRankView(context, panels);
  registerComparison(context, services);
  registerPlayground(context, services);
  return studio;
}
