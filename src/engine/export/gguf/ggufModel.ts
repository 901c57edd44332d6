import { UserError } from '../../../config/userError';
import type { DecoderConfig } from '../../models/decoderConfig';
import type { TensorEntry } from '../../weights/header';
import type { ModelFolder } from '../../weights/modelFolder';
import type { Architecture } from './architecture';
import { openGguf } from './ggufFile';
import { unchanged } from './tensorChange';
import { tensorPlan } from './tensorPlan';

/**
 * Opens a GGUF file as the model that it was made of: tensors under the names, in the order and with the values of its
 * folder, but for rounding. Throws a UserError when the file is malformed, or is not such a model whole and alone.
 */
export async function openGgufModel(
  path: string,
  config: DecoderConfig,
  architecture: Architecture,
): Promise<ModelFolder> {
  const gguf = await openGguf(path);
  const plan = new Map(tensorPlan(config, architecture, 'F16').map((planned) => [planned.source, planned]));
  const entry = (source: string): TensorEntry => {
    const planned = plan.get(source);
    if (planned === undefined) throw new UserError(`${path}: has no place for the tensor "${source}".`);
    const { type, ...place } = gguf.entry(planned.name);
    return { dtype: type, ...place };
  };
  const requireTensor = (source: string, shape: readonly number[]): TensorEntry => {
    const found = entry(source);
    if (found.shape.length !== shape.length || found.shape.some((size, axis) => size !== shape[axis])) {
      throw new UserError(
        `${path}: tensor "${plan.get(source)?.name ?? source}" has shape [${found.shape.join(', ')}], not [${shape.join(', ')}]; export it again.`,
      );
    }
    return found;
  };
  return {
    folder: path,
    get tensors() {
      return new Map([...plan.keys()].map((source) => [source, entry(source)]));
    },
    has: (source) => {
      const planned = plan.get(source);
      return planned !== undefined && gguf.tensors.has(planned.name);
    },
    shape: (source) => entry(source).shape,
    requireTensor,
    readFloat32: async (source, into) => {
      const { shape } = entry(source);
      const planned = plan.get(source);
      if (planned === undefined) throw new Error(`${source} was there`);
      const values = unchanged(planned.change, await gguf.readFloat32(planned.name), shape[0] ?? 1);
      into?.set(values);
      return into ?? values;
    },
    close: () => gguf.close(),
  };
}
