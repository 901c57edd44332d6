import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { countIntruders } from '../analysis/intruders';
import { UserError } from '../config/userError';
import type { ChangeSource } from '../engine/rpc/changes';
import type { EngineService } from '../engine/rpc/engineService';
import type { Inspection } from '../engine/rpc/inspection';
import { withEngine } from './engineProgram';
import { warningLine } from './errorLine';
import { hubIdOf } from './hubIdOf';
import { inspectionText, type Inspected } from './inspectionText';
import { interruptible } from './interruptible';
import { liveLine } from './liveLine';
import { standardTerminal } from './terminal';

export interface InspectOptions {
  /** Folder or hub id of the model that an adapter is for, or that the model given was tuned from. */
  readonly base?: string;
  readonly intruders: boolean;
  /** How many leading directions, and the cosine below which one is an intruder. */
  readonly top: number;
  readonly epsilon: number;
  readonly json: boolean;
  readonly debug: boolean;
}

/**
 * `mora inspect`: tensors, and for an adapter, or the difference of two models, the singular spectrum of each ΔW;
 * returns the exit code.
 */
export async function inspect(path: string, options: InspectOptions): Promise<number> {
  const { base, intruders, top, epsilon, json, debug } = options;
  const given = await absolute(path);
  const from = base === undefined ? undefined : await absolute(base);
  return interruptible(async (signal) => {
    const line = liveLine(process.stderr);
    const found = await withEngine(debug, async (engine): Promise<Inspected> => {
      const inspection = await engine.inspect({ path: given }, signal);
      if (inspection.kind === 'tensors' || (inspection.kind === 'model' && from === undefined)) {
        if (intruders || from !== undefined) {
          throw new UserError(
            `${path}: is no change of a base model; give an adapter, or two model folders with --base.`,
          );
        }
        return inspection;
      }
      const source = sourceOf(inspection, from);
      const shown = source.kind === 'adapter' ? inspection : await difference(engine, source, line, signal);
      if (!intruders) return shown;
      const report = await engine.intruders(
        { source, modules: null, top },
        ({ done, total, module }) => line.show(`intruder dimensions, ${module}`, done / total),
        signal,
      );
      const cosines = new Map(report.modules.map((module) => [module.name, module.cosines]));
      return { ...shown, warnings: [...shown.warnings, ...report.warnings], intruders: { top, epsilon, cosines } };
    }).finally(() => line.clear());
    process.stdout.write(`${json ? jsonText(found) : inspectionText(found, standardTerminal())}\n`);
  });
}

function sourceOf({ kind, path }: Inspection, base: string | undefined): ChangeSource {
  if (kind === 'model') return { kind: 'difference', base: base ?? '', tuned: path };
  return { kind: 'adapter', path, ...(base !== undefined && { base }) };
}

async function difference(
  engine: EngineService,
  { base, tuned }: Extract<ChangeSource, { kind: 'difference' }>,
  line: ReturnType<typeof liveLine>,
  signal: AbortSignal,
): Promise<Inspected> {
  const { modules, warnings } = await engine.difference(
    { base, tuned },
    ({ done, total, module }) => line.show(`singular values, ${module}`, done / total),
    signal,
  );
  return { kind: 'difference', path: tuned, base, modules, tensors: [], warnings, metadata: {} };
}

function jsonText({ kind, path, base, adapter, modules, warnings, intruders }: Inspected): string {
  for (const warning of warnings) process.stderr.write(`${warningLine(warning)}\n`);
  const counted = modules.map((module) => {
    const cosines = intruders?.cosines.get(module.name);
    if (intruders === undefined || cosines === undefined) return module;
    const { top, epsilon } = intruders;
    return { ...module, intruders: { count: countIntruders(cosines, top, epsilon), top, epsilon, cosines } };
  });
  return JSON.stringify({
    kind,
    path,
    ...(base !== undefined && { base }),
    adapter: adapter ?? null,
    modules: counted,
  });
}

async function absolute(path: string): Promise<string> {
  const id = hubIdOf(path);
  if (id !== undefined) return id;
  try {
    await stat(path);
  } catch {
    throw new UserError(
      `${path}: there is nothing here to look at; give an adapter, a checkpoint, a run, a model folder, or a .safetensors file.`,
    );
  }
  return resolve(path);
}
