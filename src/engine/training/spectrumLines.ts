import type { SpectrumLine } from '../../run/spectra';
import { parameterValues, type AdapterSet, type ModuleAdapter } from '../adapters/adapterSet';
import type { AdapterModule } from '../checkpoint/adapterState';
import type { MergeHistory } from '../checkpoint/mergeHistory';
import { moduleSpectra } from '../moduleSpectra';
import { beyondReach, type SpectrumSource } from '../moduleSpectrum';

/**
 * The spectrum of every module's ΔW as spectra.jsonl has it, with what was merged into the base before. Layer by layer,
 * so that the merges of few layers are in memory. `onSkipped` hears of modules that are left out because they would take
 * too long.
 */
export async function* spectrumLines(
  adapters: AdapterSet,
  merges: MergeHistory,
  step: number,
  onSkipped: (sentence: string) => void,
): AsyncGenerator<SpectrumLine> {
  for await (const { source, spectrum } of moduleSpectra(sourcesOf(adapters, merges))) {
    if (spectrum === undefined) onSkipped(beyondReach(source.linear.name));
    else yield { kind: 'spectrum', step, ...spectrum };
  }
}

async function* sourcesOf(adapters: AdapterSet, merges: MergeHistory): AsyncGenerator<SpectrumSource> {
  for (const layer of new Set(adapters.modules.map(({ linear }) => linear.layer))) {
    const modules = [...adapters.ofLayer(layer).values()];
    const merged = await mergedByName(modules, merges);
    for (const module of modules) {
      const { linear, structure } = module;
      yield { linear, structure, parameters: parameterValues(module), merged: merged.get(linear.name) ?? [] };
    }
  }
}

async function mergedByName(
  modules: readonly ModuleAdapter[],
  merges: MergeHistory,
): Promise<ReadonlyMap<string, AdapterModule[]>> {
  const found = new Map<string, AdapterModule[]>(modules.map(({ linear }) => [linear.name, []]));
  for await (const merge of merges.each(modules.map(({ linear }) => linear))) {
    for (const module of merge) found.get(module.linear.name)?.push(module);
  }
  return found;
}
