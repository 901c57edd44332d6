import { join } from 'node:path';
import type { LinearLayer } from '../config/targets';
import type { ModuleSpectrum } from '../run/spectra';
import { readRawAdapter } from './checkpoint/adapterFolder';
import { ADAPTER_WEIGHTS, type RawAdapter } from './checkpoint/adapterTensors';
import { bindAdapter } from './checkpoint/bindAdapter';
import type { AdapterModule } from './checkpoint/adapterState';
import { readMerges } from './checkpoint/mergedFolder';
import { adaptedLayers } from './checkpoint/layerSizes';
import { describeAdapter } from './describeAdapter';
import { modelFolder } from './hub/resolveModel';
import { recognise } from './inspectedPath';
import { moduleSpectra } from './moduleSpectra';
import { beyondReach, type SpectrumSource } from './moduleSpectrum';
import type { InspectParams, Inspection, TensorSummary } from './rpc/inspection';
import type { TensorEntry } from './weights/header';
import { openModelFolder } from './weights/modelFolder';
import { openSafetensors } from './weights/safetensors';

/**
 * What is in an adapter folder, a checkpoint, a run (its newest checkpoint), a model (folder or hub id) or a .safetensors file: its
 * tensors, and for adapters the singular spectrum of each ΔW. Throws a UserError when it cannot be read, or has a value
 * that is not finite.
 */
export async function inspect({ path }: InspectParams): Promise<Inspection> {
  const found = await recognise(await modelFolder(path));
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
  const layers = await adaptedLayers(folder, raw);
  const modules: ModuleSpectrum[] = [];
  const warnings = [...raw.warnings];
  const { part } = raw.config.remora;
  if (part !== null) {
    warnings.push(
      `${folder}: is only merge ${part} of an adapter; inspect the folder that it lies in for the whole of ΔW.`,
    );
  }
  const sources = sourcesOf(folder, raw, bindAdapter(raw, layers));
  for await (const { source, spectrum } of moduleSpectra(sources)) {
    if (spectrum !== undefined) modules.push(spectrum);
    else warnings.push(`${folder}: ${beyondReach(source.linear.name)}`);
  }
  return {
    adapter: describeAdapter(raw.config),
    modules,
    warnings,
    ...(await listFile(join(folder, ADAPTER_WEIGHTS))),
  };
}

async function* sourcesOf(
  folder: string,
  raw: RawAdapter,
  modules: readonly AdapterModule[],
): AsyncGenerator<SpectrumSource> {
  for (const module of modules) yield { ...module, merged: await mergedInto(folder, raw, module.linear) };
}

/** What was merged before into one layer, in order: of few layers at a time, so that it fits in memory. */
async function mergedInto(folder: string, { config }: RawAdapter, linear: LinearLayer): Promise<AdapterModule[]> {
  const merged: AdapterModule[] = [];
  const only = new Set([linear.name]);
  for await (const merge of readMerges(folder, config, [linear], readRawAdapter, only)) merged.push(...merge);
  return merged;
}

async function listFile(file: string): Promise<Pick<Inspection, 'tensors' | 'metadata'>> {
  const opened = await openSafetensors(file);
  await opened.close();
  return { tensors: summaries(opened.tensors), metadata: Object.fromEntries(opened.metadata) };
}

function summaries(tensors: ReadonlyMap<string, TensorEntry>): TensorSummary[] {
  return [...tensors].map(([name, { dtype, shape, start, end }]) => ({ name, dtype, shape, bytes: end - start }));
}
