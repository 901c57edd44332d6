import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { UserError } from '../config/userError';
import { withEngine } from './engineProgram';
import { warningLine } from './errorLine';
import { hubIdOf } from './hubIdOf';
import { inspectionText } from './inspectionText';
import { standardTerminal } from './terminal';

export interface InspectOptions {
  readonly json: boolean;
  readonly debug: boolean;
}

/** `mora inspect`: tensors, and for an adapter the exact singular spectrum of each ΔW. */
export async function inspect(path: string, { json, debug }: InspectOptions): Promise<void> {
  const id = hubIdOf(path);
  if (id === undefined) await requireExists(path);
  const inspection = await withEngine(debug, (engine) => engine.inspect({ path: id ?? resolve(path) }));
  if (json) {
    const { kind, path: inspected, adapter, modules, warnings } = inspection;
    for (const warning of warnings) process.stderr.write(`${warningLine(warning)}\n`);
    process.stdout.write(`${JSON.stringify({ kind, path: inspected, adapter: adapter ?? null, modules })}\n`);
  } else {
    process.stdout.write(`${inspectionText(inspection, standardTerminal())}\n`);
  }
}

async function requireExists(path: string): Promise<void> {
  try {
    await stat(path);
  } catch {
    throw new UserError(
      `${path}: there is nothing here to look at; give an adapter, a checkpoint, a run, or a .safetensors file.`,
    );
  }
}
