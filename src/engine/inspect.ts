import { join } from 'node:path';
import { modeOfType } from '../config/mode';
import type { AdapterConfig } from './checkpoint/adapterConfig';
import { readRawAdapter } from './checkpoint/adapterFolder';
import { ADAPTER_WEIGHTS } from './checkpoint/adapterTensors';
import { bindAdapter } from './checkpoint/bindAdapter';
import { adaptedLayers } from './checkpoint/layerSizes';
import { recognise } from './inspectedPath';
import { moduleSpectrum } from './moduleSpectrum';
import type { InspectParams, Inspection, TensorSummary } from './rpc/protocol';
import type { TensorEntry } from './weights/header';
import { openModelFolder } from './weights/modelFolder';
import { openSafetensors } from './weights/safetensors';

/**
 * What is in an adapter folder, a checkpoint, a run (its newest checkpoint), a model folder or a .safetensors file: its
 * tensors, and for adapters the singular spectrum of each ΔW. Throws a UserError when it cannot be read, or has a value
 * that is not finite.
 */
export async function inspect({ path }: InspectParams): Promise<Inspection> {
  const found = await recognise(path);
  switch (found.kind) {
    case 'adapter':
    case 'run':
      return { path, kind: found.kind, ...(await inspectAdapter(found.folder)) };
    case 'model': {
      const model = await openModelFolder(found.folder, { quantised: 'allow' });
      await model.close();
      return { path, kind: 'model', modules: [], tensors: summaries(model.tensors), warnings: [], metadata: {} };
    }
    case 'tensors':
      return { path, kind: 'tensors', modules: [], warnings: [], ...(await listFile(found.file)) };
  }
}

async function inspectAdapter(folder: string): Promise<Omit<Inspection, 'path' | 'kind'>> {
  const raw = await readRawAdapter(folder);
  const modules = bindAdapter(raw, await adaptedLayers(folder, raw));
  return {
    adapter: describeConfig(raw.config),
    modules: modules.map(({ linear, structure, parameters }) => moduleSpectrum(linear, structure, parameters)),
    warnings: raw.warnings,
    ...(await listFile(join(folder, ADAPTER_WEIGHTS))),
  };
}

function describeConfig(config: AdapterConfig): NonNullable<Inspection['adapter']> {
  const { method, rank, baseModel } = config;
  switch (method) {
    case 'mora': {
      const mode = modeOfType(config.moraType);
      return { method, moraType: config.moraType, ...(mode === undefined ? {} : { mode }), rank, baseModel };
    }
    case 'lora':
      return { method, rank, alpha: config.alpha, baseModel };
    case 'full':
      return { method, rank, baseModel };
  }
}

async function listFile(file: string): Promise<Pick<Inspection, 'tensors' | 'metadata'>> {
  const opened = await openSafetensors(file);
  await opened.close();
  return { tensors: summaries(opened.tensors), metadata: Object.fromEntries(opened.metadata) };
}

function summaries(tensors: ReadonlyMap<string, TensorEntry>): TensorSummary[] {
  return [...tensors].map(([name, { dtype, shape, start, end }]) => ({ name, dtype, shape, bytes: end - start }));
}
