import { UserError } from '../../config/userError';
import { openSafetensors } from '../weights/safetensors';
import { writeSafetensors, type Float32Tensor } from '../weights/safetensorsWriter';

export const OPTIMIZER_FILE = 'optimizer.safetensors';

/** The running means that AdamW keeps of one parameter. */
export interface ParameterMoments {
  readonly name: string;
  readonly shape: readonly number[];
  /** Mean of the gradient. */
  readonly first: Float32Array;
  /** Mean of its square. */
  readonly second: Float32Array;
}

/** Names as PyTorch calls them. */
const FIRST = 'exp_avg';
const SECOND = 'exp_avg_sq';

/** Writes the optimizer's state, two tensors a parameter. */
export async function writeOptimizer(file: string, moments: readonly ParameterMoments[]): Promise<void> {
  const tensors = new Map<string, Float32Tensor>();
  for (const { name, shape, first, second } of moments) {
    tensors.set(`${name}.${FIRST}`, { dtype: 'F32', shape, data: first });
    tensors.set(`${name}.${SECOND}`, { dtype: 'F32', shape, data: second });
  }
  await writeSafetensors(file, tensors, { format: 'pt' });
}

/**
 * Reads the optimizer's state into the arrays of `moments`. Throws a UserError when the file is not of exactly these
 * parameters: a state that fits in part makes a resumed run jump.
 */
export async function readOptimizer(file: string, moments: readonly ParameterMoments[]): Promise<void> {
  const opened = await openSafetensors(file);
  try {
    const wanted = moments.flatMap(({ name, shape, first, second }) => [
      { tensor: `${name}.${FIRST}`, shape, target: first },
      { tensor: `${name}.${SECOND}`, shape, target: second },
    ]);
    const fits = ({ tensor, shape }: (typeof wanted)[number]): boolean => {
      const stored = opened.tensors.get(tensor)?.shape;
      return stored?.length === shape.length && stored.every((size, axis) => size === shape[axis]);
    };
    if (opened.tensors.size !== wanted.length || !wanted.every(fits)) {
      throw new UserError(
        `${file}: is not the optimizer state of this adapter; resume with the configuration that the run began with.`,
      );
    }
    for (const { tensor, target } of wanted) target.set(await opened.readFloat32(tensor));
  } finally {
    await opened.close();
  }
}
