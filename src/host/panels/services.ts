import type { LogOutputChannel, Uri } from 'vscode';
import type { Inspection } from '../../engine/rpc/protocol';

/** What a run can be asked over its socket. */
export interface RunControl {
  pause(): Promise<void>;
  resume(): Promise<void>;
  /** Saves a checkpoint and ends the run. */
  stop(): Promise<void>;
  /** Saves a checkpoint after the current step. */
  save(): Promise<void>;
  dispose(): void;
}

/** What the panels need of the rest of the extension. */
export interface PanelServices {
  readonly extensionUri: Uri;
  readonly log: LogOutputChannel;
  /** Tensors and spectra of an adapter, a checkpoint or a run, by the engine. Rejects with a UserError. */
  inspect(path: string): Promise<Inspection>;
  /** Connects to a run that is alive. Rejects with a UserError when it is not. */
  controlRun(root: string): Promise<RunControl>;
}
