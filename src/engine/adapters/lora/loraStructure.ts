import { AdapterError } from '../adapterError';
import { describeLayer, requireLayerSize, requireRank, type LayerSize } from '../layerSize';
import { countParameters, parameterOf } from '../parameter';
import type { LoraStructure } from '../structure';
import { loraDeltaWeight } from './delta';
import { loraSingularValues } from './spectrum';

export interface LoraOptions extends LayerSize {
  readonly rank: number;
  readonly alpha: number;
  /** Scale by alpha/√rank instead of alpha/rank. */
  readonly rankStabilised?: boolean;
}

/** LoRA on a layer. Throws an AdapterError when rank or alpha make no sense. */
export function loraStructure({ dIn, dOut, rank, alpha, rankStabilised = false }: LoraOptions): LoraStructure {
  requireLayerSize({ dIn, dOut });
  requireRank(rank, { dIn, dOut });
  if (!Number.isFinite(alpha)) {
    throw new AdapterError(
      `alpha ${alpha} for the layer ${describeLayer({ dIn, dOut })} is not possible; use a number.`,
    );
  }
  const scale = alpha / (rankStabilised ? Math.sqrt(rank) : rank);
  const parameterShapes: LoraStructure['parameterShapes'] = new Map([
    ['A', [rank, dIn]],
    ['B', [dOut, rank]],
  ]);
  return Object.freeze<LoraStructure>({
    method: 'lora',
    dIn,
    dOut,
    rank,
    alpha,
    rankStabilised,
    scale,
    parameterShapes,
    parameterCount: countParameters(parameterShapes),
    rankBound: Math.min(rank, dIn, dOut),
    deltaWeight: (parameters) => {
      const a = parameterOf(parameterShapes, parameters, 'A');
      return loraDeltaWeight(dIn, dOut, rank, scale, a, parameterOf(parameterShapes, parameters, 'B'));
    },
    singularValues: (parameters) => {
      const a = parameterOf(parameterShapes, parameters, 'A');
      return loraSingularValues(dIn, dOut, rank, scale, a, parameterOf(parameterShapes, parameters, 'B'));
    },
  });
}
