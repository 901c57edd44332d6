import type { LinearLayer } from '../../config/targets';
import { UserError } from '../../config/userError';
import { readRawAdapter } from '../checkpoint/adapterFolder';
import type { AdapterModule } from '../checkpoint/adapterState';
import type { RawAdapter } from '../checkpoint/adapterTensors';
import { baseFolder } from '../checkpoint/baseFolder';
import { bindAdapter } from '../checkpoint/bindAdapter';
import { adaptedLayers } from '../checkpoint/layerSizes';
import { readMerges } from '../checkpoint/mergedFolder';
import { modelFolder } from '../hub/resolveModel';
import { recognise } from '../inspectedPath';
import type { ChangeSource } from '../rpc/changes';
import { openModelFolder } from '../weights/modelFolder';
import type { ChangedWeights } from './changedWeights';

/** An adapter on its base model. */
export async function adapterWeights({
  path,
  base,
}: Extract<ChangeSource, { kind: 'adapter' }>): Promise<ChangedWeights> {
  const found = await recognise(path);
  if (found.kind !== 'adapter' && found.kind !== 'run') {
    throw new UserError(`${path}: is no adapter; give an adapter folder, a checkpoint or a run.`);
  }
  const { folder } = found;
  const raw = await readRawAdapter(folder);
  const layers = await adaptedLayers(folder, raw);
  const modules = new Map(bindAdapter(raw, layers).map((module) => [module.linear.name, module]));
  const weights = await openModelFolder(await requiredBase(folder, raw, base));
  try {
    for (const { linear } of modules.values()) {
      weights.requireTensor(weightOf(linear), [linear.dOut, linear.dIn]);
    }
  } catch (error) {
    await weights.close();
    throw error;
  }
  return {
    modules: [...modules.values()].map(({ linear }) => linear),
    warnings: raw.warnings,
    bytes: (linear) => {
      const { start, end } = weights.requireTensor(weightOf(linear), [linear.dOut, linear.dIn]);
      return end - start;
    },
    base: (linear) => weights.readFloat32(weightOf(linear)),
    delta: async (linear) => {
      const sum = new Float64Array(linear.dOut * linear.dIn);
      const live = modules.get(linear.name);
      for (const { structure, parameters } of [...(await merged(folder, raw, linear)), ...(live ? [live] : [])]) {
        const delta = structure.deltaWeight(parameters);
        for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] as number) + (delta[i] as number);
      }
      return sum;
    },
    close: () => weights.close(),
  };
}

async function requiredBase(folder: string, { config }: RawAdapter, given: string | undefined): Promise<string> {
  if (given !== undefined) return modelFolder(given);
  const found = await baseFolder(folder, config, 'everything');
  if (found !== undefined) return found;
  throw new UserError(
    `${config.file}: its base model ${config.baseModel === null ? 'is not named' : `"${config.baseModel}" is not at hand`}, whose weights are needed for this; put or download it there.`,
  );
}

/** What was merged before into one layer, in order. */
async function merged(folder: string, { config }: RawAdapter, linear: LinearLayer): Promise<AdapterModule[]> {
  const before: AdapterModule[] = [];
  const only = new Set([linear.name]);
  for await (const merge of readMerges(folder, config, [linear], readRawAdapter, only)) before.push(...merge);
  return before;
}

function weightOf({ name }: LinearLayer): string {
  return `${name}.weight`;
}
