import { join } from 'node:path';
import type { LinearLayer } from '../../config/targets';
import { shortened } from '../../config/shortened';
import { UserError } from '../../config/userError';
import type { LayerSize } from '../adapters/layerSize';
import type { ParameterName } from '../adapters/structure';
import { decoderLinears } from '../models/decoderConfig';
import { readDecoderConfig } from '../models/family';
import { fileExists } from '../weights/jsonFile';
import { openModelFolder } from '../weights/modelFolder';
import type { AdapterConfig } from './adapterConfig';
import type { RawAdapter, RawMatrix } from './adapterTensors';
import { baseFolder } from './baseFolder';
import { hubBase } from './hubBase';
import { readLayerShapes } from './layerShapes';
import { placed } from './modulePlaces';

/**
 * The linear layers that an adapter changes, as far as its files tell. LoRA and full say their sizes themselves; for
 * MoRA they come from the file that we write beside it, from the base model's weights, or from a config.json in either
 * folder. Throws a UserError when none is there.
 */
export async function adaptedLayers(folder: string, raw: RawAdapter): Promise<LinearLayer[]> {
  const paths = [...raw.modules.keys()];
  const sizeOf = raw.config.method === 'mora' ? await moraSizes(folder, raw) : ownSizes(raw);
  const sized = paths.map((path) => {
    const size = sizeOf(path);
    if (size === undefined) {
      throw new UserError(
        `${raw.config.file}: the size of "${shortened(path)}" is not known, because the base model ${shortened(raw.config.baseModel ?? '(not named)')} is not a folder here; ` +
          `put its config.json beside adapter_config.json, or ${howToGet(raw.config)}.`,
      );
    }
    return { name: path, ...size };
  });
  return placed(sized);
}

type Sizes = (path: string) => LayerSize | undefined;

function ownSizes({ modules }: RawAdapter): Sizes {
  return (path) => {
    const matrices = modules.get(path);
    const dIn = colsOf(matrices, 'A') ?? colsOf(matrices, 'W');
    const dOut = rowsOf(matrices, 'B') ?? rowsOf(matrices, 'W');
    return dIn === undefined || dOut === undefined ? undefined : { dIn, dOut };
  };
}

async function moraSizes(folder: string, { config, modules }: RawAdapter): Promise<Sizes> {
  const sources = [() => readLayerShapes(folder)];
  const base = await baseFolder(folder, config, 'configuration');
  if (base !== undefined)
    sources.push(
      () => sizesOfWeights(base),
      () => sizesOfConfig(base),
    );
  sources.push(() => sizesOfConfig(folder));
  for (const source of sources) {
    const sizes = await source();
    if ([...modules.keys()].every((path) => sizes.has(path))) return (path) => sizes.get(path);
  }
  return () => undefined;
}

/** [dOut, dIn] of every matrix in a model's weights, whatever its family; none when it has no readable weights. */
async function sizesOfWeights(folder: string): Promise<ReadonlyMap<string, LayerSize>> {
  const sizes = new Map<string, LayerSize>();
  try {
    const model = await openModelFolder(folder);
    for (const [name, { shape }] of model.tensors) {
      const [dOut, dIn] = shape;
      if (dIn !== undefined && dOut !== undefined) sizes.set(name.replace(/\.weight$/, ''), { dIn, dOut });
    }
    await model.close();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
  }
  return sizes;
}

async function sizesOfConfig(folder: string): Promise<ReadonlyMap<string, LayerSize>> {
  if (!(await fileExists(join(folder, 'config.json')))) return new Map();
  return new Map(decoderLinears(await readDecoderConfig(folder)).map((linear) => [linear.name, linear]));
}

function howToGet(config: AdapterConfig): string {
  const base = hubBase(config);
  return base === undefined ? 'name its folder there' : `run \`mora download ${base}\``;
}

function rowsOf(matrices: ReadonlyMap<ParameterName, RawMatrix> | undefined, name: ParameterName): number | undefined {
  return matrices?.get(name)?.shape[0];
}

function colsOf(matrices: ReadonlyMap<ParameterName, RawMatrix> | undefined, name: ParameterName): number | undefined {
  return matrices?.get(name)?.shape[1];
}
