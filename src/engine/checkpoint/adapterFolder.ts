import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { LinearLayer } from '../../config/targets';
import { UserError } from '../../config/userError';
import { atomicWrite } from '../../run/atomicWrite';
import { officialForm } from '../adapters/mora/official';
import { fileExists } from '../weights/jsonFile';
import { writeSafetensors } from '../weights/safetensorsWriter';
import { ADAPTER_CONFIG, readAdapterConfig, type AdapterConfig } from './adapterConfig';
import { adapterConfigJson } from './adapterConfigJson';
import type { AdapterModule, AdapterState, TrainedTensor } from './adapterState';
import { ADAPTER_WEIGHTS, adapterTensors, readAdapterTensors, type RawAdapter } from './adapterTensors';
import { bindAdapter } from './bindAdapter';
import { writeLayerShapes } from './layerShapes';
import { readMerges } from './mergedFolder';
import { modelCard } from './modelCard';

/** A tensor of a model that an adapter folder may hold, trained in full. */
export interface TrainableShape extends Pick<TrainedTensor, 'name' | 'shape'> {
  /**
   * The head that the model ties to this tensor. PEFT keeps a trained embedding beside the base's and leaves the head with
   * the old one, so an adapter for PEFT holds the head as well: then the two must be equal, bit for bit.
   */
  readonly tied?: string | undefined;
}

/** An adapter on the layers of its model. */
export interface LoadedAdapter {
  readonly config: AdapterConfig;
  readonly modules: readonly AdapterModule[];
  /** What was merged into the base before (ReMoRA), in order: the adapter's ΔW is the sum of all these and its own. */
  readonly merged: readonly (readonly AdapterModule[])[];
  /** Values of the model's own tensors that were trained in full, by name. */
  readonly trained: ReadonlyMap<string, Float32Array>;
  /** What is odd about the files though they can be used. */
  readonly warnings: readonly string[];
}

/**
 * Writes an adapter as PEFT does: adapter_config.json, adapter_model.safetensors, README.md; and for MoRA the sizes of
 * its layers. Normalized MoRA is written in its official form. Makes the folder if need be. Merges that the state counts
 * lie in the folder already.
 */
export async function writeAdapter(folder: string, given: AdapterState): Promise<void> {
  const state = { ...given, modules: given.modules.map((module) => ({ ...module, ...officialForm(module) })) };
  await mkdir(folder, { recursive: true });
  await writeSafetensors(join(folder, ADAPTER_WEIGHTS), adapterTensors(state.modules, state.trained), { format: 'pt' });
  if (state.modules[0]?.structure.method === 'mora') await writeLayerShapes(folder, state.modules);
  await atomicWrite(join(folder, 'README.md'), modelCard(state));
  // Last: a folder with this file is an adapter.
  await atomicWrite(join(folder, ADAPTER_CONFIG), `${JSON.stringify(adapterConfigJson(state), null, 2)}\n`);
}

/**
 * Reads an adapter folder of ours, of the official MoRA code or of PEFT, whatever model it is for: all its modules, or
 * those of `only` that it has.
 */
export async function readRawAdapter(folder: string, only?: ReadonlySet<string>): Promise<RawAdapter> {
  const config = await readAdapterConfig(folder);
  const weights = join(folder, ADAPTER_WEIGHTS);
  if (!(await fileExists(weights)) && (await fileExists(join(folder, 'adapter_model.bin')))) {
    throw new UserError(
      `${folder}: has only pickled weights (adapter_model.bin), which can run any code when opened; save the adapter again with safe_serialization=True.`,
    );
  }
  return readAdapterTensors(weights, config, only);
}

/**
 * Reads an adapter folder for a model with these linear layers, with the merges before it, and these tensors that may
 * have been trained in full: who gives none cannot use them. Throws a UserError when it does not fit the model, trains
 * more, or is only a part of one.
 */
export async function readAdapter(
  folder: string,
  linears: readonly LinearLayer[],
  trainable: readonly TrainableShape[] = [],
): Promise<LoadedAdapter> {
  const live = await readLiveAdapter(folder, linears, trainable);
  const { part } = live.config.remora;
  if (part !== null) {
    throw new UserError(
      `${folder}: is only merge ${part} of an adapter; give the folder that it lies in, two levels up.`,
    );
  }
  const merged: (readonly AdapterModule[])[] = [];
  for await (const modules of readMerges(folder, live.config, linears, readRawAdapter)) merged.push(modules);
  return { ...live, merged };
}

/** Like {@link readAdapter}, without the merges: for those who take them one by one, or have them already. */
export async function readLiveAdapter(
  folder: string,
  linears: readonly LinearLayer[],
  trainable: readonly TrainableShape[] = [],
): Promise<Omit<LoadedAdapter, 'merged'>> {
  const raw = await readRawAdapter(folder);
  const file = join(folder, ADAPTER_WEIGHTS);
  const own = withoutTied(raw.trained, trainable, file);
  const shapes = new Map(trainable.map(({ name, shape }) => [name, shape]));
  const [other] = [...raw.otherTensors, ...[...own.keys()].filter((name) => !shapes.has(name))];
  if (other !== undefined) {
    throw new UserError(
      `${file}: tensor "${other}" is no adapter of a linear layer, and cannot be used here; train without it.`,
    );
  }
  for (const { name, shape } of own.values()) {
    const expected = shapes.get(name) ?? [];
    if (shape.length !== expected.length || shape.some((size, axis) => size !== expected[axis])) {
      throw new UserError(
        `${file}: "${name}" is [${shape.join(', ')}], but the model's is [${expected.join(', ')}]; use the adapter's own base model.`,
      );
    }
  }
  const trained = new Map([...own].map(([name, { values }]) => [name, values]));
  return { config: raw.config, modules: bindAdapter(raw, linears), trained, warnings: raw.warnings };
}

/** The trained tensors without those that only repeat the one that the model ties them to. Throws where they differ. */
function withoutTied(
  trained: ReadonlyMap<string, TrainedTensor>,
  trainable: readonly TrainableShape[],
  file: string,
): ReadonlyMap<string, TrainedTensor> {
  const left = new Map(trained);
  for (const { name, tied } of trainable) {
    const [tensor, copy] = [trained.get(name), tied === undefined ? undefined : trained.get(tied)];
    if (copy === undefined) continue;
    if (tensor === undefined || !sameBits(tensor.values, copy.values)) {
      throw new UserError(
        `${file}: "${copy.name}" ${tensor === undefined ? `comes without "${name}"` : `is not "${name}"`}, but the model ties them into one; train the adapter with tied weights, or merge it with the tool that trained it.`,
      );
    }
    left.delete(copy.name);
  }
  return left;
}

function sameBits(a: Float32Array, b: Float32Array): boolean {
  const bytes = ({ buffer, byteOffset, byteLength }: Float32Array): Buffer =>
    Buffer.from(buffer, byteOffset, byteLength);
  return bytes(a).equals(bytes(b));
}
