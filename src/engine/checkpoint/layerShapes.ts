import { join } from 'node:path';
import { z } from 'zod';
import { UserError } from '../../config/userError';
import { atomicWrite } from '../../run/atomicWrite';
import type { LayerSize } from '../adapters/layerSize';
import { readJsonObjectIfAny } from '../weights/jsonFile';
import type { AdapterModule } from './adapterState';

/**
 * M does not tell the size of the layer it is for, and adapter_model.safetensors must hold no other metadata than
 * PEFT's. So the sizes lie in a file of our own beside it, which PEFT does not look at.
 */
export const LAYER_SHAPES = 'mora_shapes.json';

const shapesSchema = z.record(z.string(), z.tuple([z.int().min(1), z.int().min(1)]));

/** Writes [dOut, dIn] of each adapted layer, by its path. */
export async function writeLayerShapes(folder: string, modules: readonly AdapterModule[]): Promise<void> {
  const shapes = Object.fromEntries(modules.map(({ linear }) => [linear.name, [linear.dOut, linear.dIn]]));
  await atomicWrite(join(folder, LAYER_SHAPES), `${JSON.stringify(shapes, null, 2)}\n`);
}

/** The sizes by path; none when the file is not there. */
export async function readLayerShapes(folder: string): Promise<ReadonlyMap<string, LayerSize>> {
  const file = join(folder, LAYER_SHAPES);
  const json = await readJsonObjectIfAny(file);
  const parsed = shapesSchema.safeParse(json ?? {});
  if (!parsed.success) throw new UserError(`${file}: does not say [outputs, inputs] for each module; delete it.`);
  return new Map(Object.entries(parsed.data).map(([path, [dOut, dIn]]) => [path, { dIn, dOut }]));
}
