import type { LogOutputChannel, Uri } from 'vscode';
import type { EngineService } from '../../engine/rpc/engineService';
import type { Inspection } from '../../engine/rpc/inspection';

/** What the panels need of the rest of the extension. */
export interface PanelServices {
  readonly extensionUri: Uri;
  readonly log: LogOutputChannel;
  /** Tensors and spectra of an adapter, a checkpoint or a run, by the engine. Rejects with a UserError. */
  inspect(path: string): Promise<Inspection>;
  /** Long work in an engine of its own, which ends when the signal aborts. */
  alone<T>(work: (engine: EngineService) => Promise<T>, signal: AbortSignal): Promise<T>;
}
