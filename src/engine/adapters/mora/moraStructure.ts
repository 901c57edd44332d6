import { MORA_MODES } from '../../../config/mode';
import { requireLayerSize, requireRank, type LayerSize } from '../layerSize';
import { countParameters, parameterOf } from '../parameter';
import { permuteDelta, type LayerPermutation } from '../permutation';
import type { AdapterParameters, MoraGeometry, MoraStructure } from '../structure';
import { moraDeltaWeight } from './delta';
import { parseMode } from './modes';
import { normalization, scaled } from './normalization';
import { requireRHat, rHatOf } from './size';
import { moraSingularValues } from './spectrum';

export interface MoraOptions extends LayerSize {
  readonly rank: number;
  /** An official `mora_type`; checked, because checkpoints and configurations of others may say 5. */
  readonly type: number;
  /** r̂ of an existing checkpoint, where it differs from the rule; otherwise it follows from the rank. */
  readonly rHat?: number | undefined;
  /** Train N instead of M. */
  readonly normalized?: boolean;
  readonly permutation?: LayerPermutation | null;
}

/** MoRA on a layer. Throws an AdapterError when the type does not exist or r̂ does not fit the layer. */
export function moraStructure(options: MoraOptions): MoraStructure {
  const { dIn, dOut, rank, type: number, rHat: given, normalized = false, permutation = null } = options;
  requireLayerSize({ dIn, dOut });
  requireRank(rank, { dIn, dOut });
  const { type } = MORA_MODES[parseMode(number)];
  const rHat = given ?? rHatOf({ dIn, dOut }, rank, type);
  requireRHat(rHat, { dIn, dOut }, rank, type);

  const geometry: MoraGeometry = { dIn, dOut, type, rHat };
  const name = normalized ? 'N' : 'M';
  const parameterShapes: MoraStructure['parameterShapes'] = new Map([[name, [rHat, rHat]]]);
  const m = (parameters: AdapterParameters): Float32Array => {
    const trained = parameterOf(parameterShapes, parameters, name);
    return normalized ? Float32Array.from(scaled(normalization(geometry), trained)) : trained;
  };
  return Object.freeze<MoraStructure>({
    method: 'mora',
    ...geometry,
    rank,
    normalized,
    permutation,
    parameterShapes,
    parameterCount: countParameters(parameterShapes),
    rankBound: rankBound(geometry),
    deltaWeight: (parameters) => {
      const delta = moraDeltaWeight(geometry, m(parameters));
      return permutation === null ? delta : permuteDelta(delta, permutation);
    },
    // A permutation changes no singular value.
    singularValues: (parameters) => moraSingularValues(geometry, m(parameters)),
  });
}

/** Sharing: rank(D M C) ≤ r̂. Rotation: M appears in every block, so nothing but the layer bounds the rank. */
function rankBound({ dIn, dOut, rHat, type }: MoraGeometry): number {
  return type === 6 ? Math.min(dIn, dOut) : Math.min(rHat, dIn, dOut);
}
