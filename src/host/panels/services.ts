import type { LogOutputChannel, Uri } from 'vscode';
import type { Inspection } from '../../engine/rpc/protocol';

/** What the panels need of the rest of the extension. */
export interface PanelServices {
  readonly extensionUri: Uri;
  readonly log: LogOutputChannel;
  /** Tensors and spectra of an adapter, a checkpoint or a run, by the engine. Rejects with a UserError. */
  inspect(path: string): Promise<Inspection>;
}
