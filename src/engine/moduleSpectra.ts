import { setImmediate } from 'node:timers/promises';
import type { LinearLayer } from '../config/targets';
import type { ModuleSpectrum } from '../run/spectra';
import { describeStructure, type StructureDescription } from './adapters/describedStructure';
import type { StructuredParameters } from './adapters/mora/official';
import type { AdapterParameters, AdapterStructure } from './adapters/structure';
import { moduleSpectrum, type SpectrumSource } from './moduleSpectrum';
import { threadCount } from './runtime/threads';
import { programPath } from './programPath';
import { KeptPool } from './threads/keptPool';
import { ThreadPool } from './threads/threadPool';

/** From about a millisecond of work on it pays to send a module to a thread; smaller adapters start none. */
const WORTH_A_THREAD = 1e7;
/** Modules under way for each thread: one more than it works on, so that it never waits. */
const UNDER_WAY = 2;

/** A run asks for spectra again and again, a panel for those of one adapter after the other. */
const KEPT_MS = 30_000;
const kept = new KeptPool(
  () => new ThreadPool<DescribedSource, ModuleSpectrum | undefined>(programPath('spectrum'), threadCount()),
  KEPT_MS,
);

/** A {@link SpectrumSource} as it is sent to a thread. */
export interface DescribedSource extends DescribedParameters {
  readonly linear: LinearLayer;
  readonly merged: readonly DescribedParameters[];
}

export interface DescribedParameters {
  readonly structure: StructureDescription;
  readonly parameters: AdapterParameters;
}

/**
 * The spectrum of each module as {@link moduleSpectrum} gives it, in order, undefined where it would take too long. Large
 * ones are computed on all processors. Sources are asked for as they are needed, a few ahead; throws what they throw, and
 * a RangeError when a parameter is not finite.
 */
export async function* moduleSpectra<Source extends SpectrumSource>(
  sources: AsyncIterable<Source>,
): AsyncGenerator<{ readonly source: Source; readonly spectrum: ModuleSpectrum | undefined }> {
  const threads = kept.borrow();
  const underWay: { readonly source: Source; readonly found: Promise<ModuleSpectrum | undefined> }[] = [];
  try {
    for await (const source of sources) {
      const found = isLarge(source) ? threads.run(described(source)) : computedHere(source);
      // Whoever gets to it hears of an error.
      found.catch(() => undefined);
      underWay.push({ source, found });
      const next = underWay.length < UNDER_WAY * threadCount() ? undefined : underWay.shift();
      if (next !== undefined) yield { source: next.source, spectrum: await next.found };
    }
    for (const { source, found } of underWay) yield { source, spectrum: await found };
  } finally {
    kept.giveBack(threads);
  }
}

/** Other work gets its turn before each. */
async function computedHere(source: SpectrumSource): Promise<ModuleSpectrum | undefined> {
  await setImmediate();
  return moduleSpectrum(source);
}

function isLarge({ structure, merged }: SpectrumSource): boolean {
  return merged.length > 0 || operations(structure) > WORTH_A_THREAD;
}

/** Roughly what the exact spectrum of a structure costs. */
function operations(structure: AdapterStructure): number {
  switch (structure.method) {
    case 'mora':
      return 3 * structure.rHat ** 3;
    case 'lora':
      return 2 * structure.parameterCount * structure.rank;
    case 'full':
      return 4 * structure.parameterCount * structure.rankBound;
  }
}

function described({ linear, merged, ...own }: SpectrumSource): DescribedSource {
  return { linear, ...describedParameters(own), merged: merged.map(describedParameters) };
}

function describedParameters({ structure, parameters }: StructuredParameters): DescribedParameters {
  return { structure: describeStructure(structure), parameters };
}
