import { rankMeasures } from '../analysis/rankMeasures';
import type { LinearLayer } from '../config/targets';
import type { ModuleSpectrum } from '../run/spectra';
import type { AdapterStructure, AdapterParameters } from './adapters/structure';

/**
 * The singular spectrum of one module's ΔW and the rank measures made from it. Exact; for MoRA and LoRA it costs the
 * decomposition of an r̂ × r̂ or r × r matrix, for full fine-tuning that of ΔW.
 * Throws a RangeError when a parameter is not finite.
 */
export function moduleSpectrum(
  linear: LinearLayer,
  structure: AdapterStructure,
  parameters: AdapterParameters,
): ModuleSpectrum {
  const singularValues = structure.singularValues(parameters);
  const { effectiveRank, stableRank, countAbove, energyRank, frobenius } = rankMeasures(singularValues);
  return {
    name: linear.name,
    layer: linear.layer,
    module: linear.module,
    dIn: structure.dIn,
    dOut: structure.dOut,
    method: structure.method,
    ...sizeOf(structure),
    parameters: structure.parameterCount,
    rankBound: structure.rankBound,
    effectiveRank,
    stableRank,
    countAbove,
    energyRank,
    frobenius,
    singularValues: [...singularValues],
  };
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
