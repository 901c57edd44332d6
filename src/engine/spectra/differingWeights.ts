import { compareModules } from '../../config/moduleOrder';
import type { LinearLayer } from '../../config/targets';
import { shortened } from '../../config/shortened';
import { UserError } from '../../config/userError';
import { isInLayer, placed } from '../checkpoint/modulePlaces';
import { modelFolder } from '../hub/resolveModel';
import type { ChangeSource } from '../rpc/changes';
import { isFloatDtype } from '../weights/dtype';
import type { TensorEntry } from '../weights/header';
import { openModelFolder, type ModelFolder } from '../weights/modelFolder';
import type { ChangedWeights } from './changedWeights';

/** Entries of the largest matrix taken: of three copies of it, one in float64, memory holds 4 GiB. */
const MAX_ENTRIES = 1 << 28;

const WEIGHT = '.weight';

/** Warnings that name a tensor; the rest are counted. */
const MAX_NAMED = 3;

/**
 * Two models of one shape: ΔW is the difference of their matrices of one name in the decoder's layers, whatever their
 * family. Embedding and head are no linear layers of the decoder, and left out. Throws a UserError when a folder has no
 * usable weights, or the two have no such matrix in common.
 */
export async function differingWeights({
  base,
  tuned,
}: Extract<ChangeSource, { kind: 'difference' }>): Promise<ChangedWeights> {
  const before = await openModelFolder(await modelFolder(base));
  const after = await modelFolder(tuned)
    .then((folder) => openModelFolder(folder))
    .catch(async (error: unknown) => {
      await before.close();
      throw error;
    });
  const close = async (): Promise<void> => {
    await before.close();
    await after.close();
  };
  const { modules, warnings } = commonMatrices(before, after);
  if (modules.length === 0) {
    await close();
    throw new UserError(
      `${tuned}: has no linear layer with the name and shape of one of ${base}; choose a model that was tuned from it.`,
    );
  }
  return {
    modules,
    warnings,
    bytes: ({ name }) => bytesOf(before.tensors.get(`${name}.weight`)),
    base: ({ name }) => before.readFloat32(`${name}.weight`),
    delta: async ({ name }, known) => {
      const from = known ?? (await before.readFloat32(`${name}.weight`));
      const to = await after.readFloat32(`${name}.weight`);
      const delta = new Float64Array(to.length);
      for (let i = 0; i < to.length; i++) delta[i] = (to[i] as number) - (from[i] as number);
      return delta;
    },
    close,
  };
}

function commonMatrices(before: ModelFolder, after: ModelFolder): Pick<ChangedWeights, 'modules' | 'warnings'> {
  const common: Omit<LinearLayer, 'layer' | 'module'>[] = [];
  const absent: string[] = [];
  const reshaped: string[] = [];
  const unusable: string[] = [];
  let rounded: string | undefined;
  for (const [name, entry] of before.tensors) {
    const [dOut, dIn] = entry.shape;
    if (!name.endsWith(WEIGHT) || !isInLayer(name) || entry.shape.length !== 2 || !dOut || !dIn) continue;
    const other = after.tensors.get(name);
    if (other === undefined) absent.push(name);
    else if (other.shape[0] !== dOut || other.shape[1] !== dIn) reshaped.push(name);
    else if (!isFloatDtype(entry.dtype) || !isFloatDtype(other.dtype) || dOut * dIn > MAX_ENTRIES) unusable.push(name);
    else {
      common.push({ name: name.slice(0, -WEIGHT.length), dIn, dOut });
      if (other.dtype === 'BF16' || other.dtype === 'F16') rounded = other.dtype;
    }
  }
  const modules = placed(common).sort(compareModules);
  const warnings = [
    ...told(absent, `${after.folder}: lacks`),
    ...told(reshaped, `${after.folder}: has in another shape`),
    ...told(unusable, `${before.folder}: left out, for their type or size`),
    ...(rounded === undefined
      ? []
      : [
          `${after.folder}: is in ${rounded}, which rounds each weight to ${rounded === 'BF16' ? 8 : 11} bits: a part of ΔW is this rounding, and has full rank.`,
        ]),
  ];
  return { modules, warnings };
}

function told(names: readonly string[], what: string): string[] {
  if (names.length === 0) return [];
  const more = names.length > MAX_NAMED ? ` and ${names.length - MAX_NAMED} more` : '';
  const listed = names.slice(0, MAX_NAMED).map((name) => `"${shortened(name)}"`);
  return [`${what} ${listed.join(', ')}${more}.`];
}

function bytesOf(entry: TensorEntry | undefined): number {
  return entry === undefined ? 0 : entry.end - entry.start;
}
