import { singularValues } from '../../../analysis/singularValues';
import { requireLayerSize, type LayerSize } from '../layerSize';
import { countParameters, parameterOf } from '../parameter';
import type { FullStructure } from '../structure';

/** Full fine-tuning of a layer: ΔW is trained entry by entry. */
export function fullStructure({ dIn, dOut }: LayerSize): FullStructure {
  requireLayerSize({ dIn, dOut });
  const parameterShapes: FullStructure['parameterShapes'] = new Map([['W', [dOut, dIn]]]);
  return Object.freeze<FullStructure>({
    method: 'full',
    dIn,
    dOut,
    parameterShapes,
    parameterCount: countParameters(parameterShapes),
    rankBound: Math.min(dIn, dOut),
    deltaWeight: (parameters) => parameterOf(parameterShapes, parameters, 'W').slice(),
    // ΔW has no structure to exploit, so this one is a dense decomposition.
    singularValues: (parameters) => singularValues(parameterOf(parameterShapes, parameters, 'W'), dOut, dIn),
  });
}
