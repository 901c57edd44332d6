import { resolve } from 'node:path';
import type { Configuration } from '../config/schema';
import { UserError } from '../config/userError';
import type { EngineService } from '../engine/rpc/engineService';
import type { Plan } from '../engine/rpc/plan';

export interface AskPlanOptions {
  readonly examples: number;
  /** Whether the files that describe a model of the hub may be downloaded. */
  readonly download?: boolean;
}

/** Asks an engine for the plan of a resolved configuration; a UserError names the document it came from. */
export async function askPlan(
  engine: Pick<EngineService, 'plan'>,
  configuration: Configuration,
  file: string,
  { examples, download = false }: AskPlanOptions,
): Promise<Plan> {
  const absolute = resolve(file);
  try {
    return await engine.plan({ configuration, file: absolute, examples, download });
  } catch (error) {
    // What the model says of a field ("adapter.layers" names layer 9) does not say in which document.
    if (!(error instanceof UserError) || error.message.includes(absolute)) throw error;
    throw new UserError(`${file}: ${error.message}`);
  }
}
