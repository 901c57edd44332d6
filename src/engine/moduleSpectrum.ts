import { rankMeasures } from '../analysis/rankMeasures';
import type { LinearLayer } from '../config/targets';
import type { ModuleSpectrum } from '../run/spectra';
import { accumulatedRankBound } from './adapters/accumulatedRankBound';
import { accumulatedSingularValues } from './adapters/accumulated';
import type { StructuredParameters } from './adapters/mora/official';
import type { AdapterStructure } from './adapters/structure';

/** One layer with its adapter and what was merged into it before, in order. */
export interface SpectrumSource extends StructuredParameters {
  readonly linear: LinearLayer;
  readonly merged: readonly StructuredParameters[];
}

/**
 * The singular spectrum of one module's ΔW, of what was merged before and the adapter together, and the rank measures
 * made from it. Exact; for MoRA and LoRA without merges it costs the decomposition of an r̂ × r̂ or r × r matrix, for full
 * fine-tuning that of ΔW, after merges more and more up to that; undefined where it would take too long.
 * Throws a RangeError when a parameter is not finite.
 */
export function moduleSpectrum({ linear, structure, parameters, merged }: SpectrumSource): ModuleSpectrum | undefined {
  const parts = [...merged, { structure, parameters }];
  const singularValues = accumulatedSingularValues(parts);
  if (singularValues === undefined) return undefined;
  return {
    name: linear.name,
    layer: linear.layer,
    module: linear.module,
    dIn: structure.dIn,
    dOut: structure.dOut,
    method: structure.method,
    ...sizeOf(structure),
    parameters: structure.parameterCount,
    rankBound: accumulatedRankBound(parts.map((part) => part.structure)),
    ...rankMeasures(singularValues),
    singularValues: [...singularValues],
    ...(merged.length > 0 && {
      merges: merged.length,
      live: { rankBound: structure.rankBound, ...rankMeasures(structure.singularValues(parameters)) },
    }),
  };
}

/** What is said of a module whose spectrum would take too long. */
export function beyondReach(name: string): string {
  return `the singular values of ${name} are left out: after so many merges finding them would take minutes.`;
}

function sizeOf(structure: AdapterStructure): Pick<ModuleSpectrum, 'moraType' | 'rHat' | 'rank'> {
  switch (structure.method) {
    case 'mora':
      return { moraType: structure.type, rHat: structure.rHat };
    case 'lora':
      return { rank: structure.rank };
    case 'full':
      return {};
  }
}
