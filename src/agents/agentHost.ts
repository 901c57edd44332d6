import type { EngineProgram } from '../engine/rpc/engineProgram';
import type { EngineService } from '../engine/rpc/engineService';
import type { Run } from '../run/run';
import type { AllowedFolders } from './allowedFolders';

/** What tools need of whoever offers them: the editor, or `mora mcp`. */
export interface AgentHost {
  readonly folders: AllowedFolders;
  /** Why runs may not be started and stopped; undefined where they may. */
  readonly readOnly: string | undefined;
  /** The runs below the allowed folders, newest first. */
  runs(signal: AbortSignal): Promise<readonly Run[]>;
  /** The text of a document, as its editor has it where one is open. */
  readText(file: string): Promise<string>;
  /** Plans and inspects. */
  engine(): Promise<EngineService>;
  /** Trains. */
  program(): Promise<EngineProgram>;
  /** Is told of a run that was started or stopped. */
  changed(root: string): void;
}
