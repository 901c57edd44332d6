import { setImmediate } from 'node:timers/promises';
import { AdapterSet, parameterValues, restructured, type ModuleAdapter } from '../adapters/adapterSet';
import { initialise } from '../adapters/initialise';
import { officialForm } from '../adapters/mora/official';
import type { AdapterModule } from '../checkpoint/adapterState';
import type { MergeHistory } from '../checkpoint/mergeHistory';
import { uniformNumbers } from '../data/random';
import { mergeIntoBase } from '../models/mergeIntoBase';
import type { LinearLayer } from '../../config/targets';
import type { LoadedModel } from '../models/loadedModel';
import type { Runtime } from '../runtime/runtime';
import { structureAfter, type RemoraConfiguration } from './remora';

/** What a merge changes and what it needs to know. */
export interface MergeContext {
  readonly model: LoadedModel;
  readonly runtime: Runtime;
  /** Every linear layer of the model: the place of a layer gives its stream of random numbers. */
  readonly linears: readonly LinearLayer[];
  readonly remora: RemoraConfiguration;
  readonly seed: number;
  /** The adapters with which the run began. */
  readonly first: AdapterSet;
  readonly merges: MergeHistory;
}

/**
 * Merge `merge` (from 1) of a run: adds ΔW of every module to the base, notes it in the history, and gives the same
 * trainable matrices a new beginning with ΔW = 0 in the structure that follows. The arrays are written in place, so who
 * trains them goes on with them. The optimizer is not touched.
 */
export async function mergeAdapters(context: MergeContext, adapters: AdapterSet, merge: number): Promise<AdapterSet> {
  const { model, merges, first, linears, remora, runtime, seed } = context;
  const earlier = merges.count - (merge - 1);
  const merged = adapters.modules.map(asMerged);
  for (const { linear, structure, parameters } of merged) {
    // A large model takes a while; whoever asks the run something gets an answer meanwhile.
    await setImmediate();
    mergeIntoBase(model, linear, () => structure.deltaWeight(parameters));
  }
  merges.add(merged);
  const options = { regroup: remora.regroup, seed, earlier };
  const fresh = adapters.modules.map((module, index) => {
    const { linear } = module;
    const begun = first.modules[index]?.structure ?? module.structure;
    const structure = structureAfter(begun, linear, options, merge);
    // Of the streams of the run's beginning each layer has one; those after a merge come behind.
    const stream = linears.findIndex(({ name }) => name === linear.name) + merge * linears.length;
    const initial = initialise(structure, uniformNumbers(seed, 'adapter', stream));
    for (const { parameter, values } of module.parameters) values.set(initial[parameter] ?? []);
    return restructured(module, structure, runtime);
  });
  return new AdapterSet(fresh, adapters.tensors);
}

/** Adds what was merged before to the weights of a model that has just been loaded, in the same order. */
export async function mergeAgain(
  model: LoadedModel,
  linears: readonly LinearLayer[],
  merges: MergeHistory,
  onProgress: (merge: number, total: number) => void = () => undefined,
): Promise<void> {
  let merge = 0;
  for await (const modules of merges.each(linears)) {
    onProgress(++merge, merges.count);
    for (const { linear, structure, parameters } of modules) {
      await setImmediate();
      mergeIntoBase(model, linear, () => structure.deltaWeight(parameters));
    }
  }
}

/** A copy of a module as it is stored, so that what is added now is what will be added again. */
function asMerged(module: ModuleAdapter): AdapterModule {
  const { linear, structure } = module;
  const copied = Object.fromEntries(
    Object.entries(parameterValues(module)).map(([name, values]) => [name, values.slice()]),
  );
  return { linear, ...officialForm({ structure, parameters: copied }) };
}
