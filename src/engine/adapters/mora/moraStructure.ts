import { MORA_MODES } from '../../../config/mode';
import { requireLayerSize, requireRank, type LayerSize } from '../layerSize';
import { countParameters, parameterOf } from '../parameter';
import type { MoraGeometry, MoraStructure } from '../structure';
import { moraDeltaWeight } from './delta';
import { parseMode } from './modes';
import { requireRHat, rHatOf } from './size';
import { moraSingularValues } from './spectrum';

export interface MoraOptions extends LayerSize {
  readonly rank: number;
  /** An official `mora_type`; checked, because checkpoints and configurations of others may say 5. */
  readonly type: number;
  /** r̂ of an existing checkpoint, where it differs from the rule; otherwise it follows from the rank. */
  readonly rHat?: number | undefined;
}

/** MoRA on a layer. Throws an AdapterError when the type does not exist or r̂ does not fit the layer. */
export function moraStructure({ dIn, dOut, rank, type: number, rHat: given }: MoraOptions): MoraStructure {
  requireLayerSize({ dIn, dOut });
  requireRank(rank, { dIn, dOut });
  const { type } = MORA_MODES[parseMode(number)];
  const rHat = given ?? rHatOf({ dIn, dOut }, rank, type);
  requireRHat(rHat, { dIn, dOut }, rank, type);

  const geometry: MoraGeometry = { dIn, dOut, type, rHat };
  const parameterShapes: MoraStructure['parameterShapes'] = new Map([['M', [rHat, rHat]]]);
  return Object.freeze<MoraStructure>({
    method: 'mora',
    ...geometry,
    rank,
    parameterShapes,
    parameterCount: countParameters(parameterShapes),
    rankBound: rankBound(geometry),
    deltaWeight: (parameters) => moraDeltaWeight(geometry, parameterOf(parameterShapes, parameters, 'M')),
    singularValues: (parameters) => moraSingularValues(geometry, parameterOf(parameterShapes, parameters, 'M')),
  });
}

/** Sharing: rank(D M C) ≤ r̂. Rotation: M appears in every block, so nothing but the layer bounds the rank. */
function rankBound({ dIn, dOut, rHat, type }: MoraGeometry): number {
  return type === 6 ? Math.min(dIn, dOut) : Math.min(rHat, dIn, dOut);
}
