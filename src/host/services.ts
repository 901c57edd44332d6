import type { LogOutputChannel, Uri } from 'vscode';
import type { EngineHost } from './engine/engineHost';
import type { RunStore } from './runs/runStore';

/** What the parts of the extension share. Made once, in activate. */
export interface Services {
  readonly extensionUri: Uri;
  /** Of the extension. */
  readonly version: string;
  readonly log: LogOutputChannel;
  /** The folder that has its file. */
  readonly logs: Uri;
  /** Where TensorFlow.js is installed for the engine, if the user does; outlives updates of the extension. */
  readonly tensorFlowFolder: string;
  readonly engine: EngineHost;
  readonly runs: RunStore;
}
