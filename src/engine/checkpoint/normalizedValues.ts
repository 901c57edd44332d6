import { join } from 'node:path';
import { UserError } from '../../config/userError';
import { openSafetensors } from '../weights/safetensors';
import { writeSafetensors, type Float32Tensor } from '../weights/safetensorsWriter';
import type { AdapterModule } from './adapterState';

/**
 * N of normalized MoRA as it is trained. The adapter beside it holds M = S_out N S_in, from which N comes back only up
 * to rounding; a run that goes on needs every bit.
 */
const NORMALIZED_FILE = 'normalized.safetensors';

/** Writes N of each module that is trained so; no file when none is. */
export async function writeNormalized(folder: string, modules: readonly AdapterModule[]): Promise<void> {
  const tensors = new Map<string, Float32Tensor>();
  for (const { linear, structure, parameters } of modules) {
    const shape = structure.parameterShapes.get('N');
    const data = parameters.N;
    if (shape !== undefined && data !== undefined) tensors.set(`${linear.name}.N`, { dtype: 'F32', shape, data });
  }
  if (tensors.size > 0) await writeSafetensors(join(folder, NORMALIZED_FILE), tensors, { format: 'pt' });
}

/** Reads N into the arrays of the modules that are trained so. Throws a UserError when the file is not of them. */
export async function readNormalized(folder: string, modules: readonly AdapterModule[]): Promise<void> {
  const wanted = modules.flatMap(({ linear, parameters }) =>
    parameters.N === undefined ? [] : [{ tensor: `${linear.name}.N`, target: parameters.N }],
  );
  if (wanted.length === 0) return;
  const opened = await openSafetensors(join(folder, NORMALIZED_FILE));
  try {
    for (const { tensor, target } of wanted) {
      const values = opened.tensors.has(tensor) ? await opened.readFloat32(tensor) : undefined;
      if (values?.length !== target.length) {
        throw new UserError(`${opened.file}: lacks "${tensor}" of this adapter; resume from another checkpoint.`);
      }
      target.set(values);
    }
  } finally {
    await opened.close();
  }
}
