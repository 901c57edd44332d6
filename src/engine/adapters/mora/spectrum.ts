import type { Reals } from '../../../analysis/arithmetic';
import type { MoraGeometry } from '../structure';
import { rotationSingularValues } from './rotationSpectrum';
import { sharingSingularValues } from './sharingSpectrum';

/**
 * The singular values of ΔW, descending: min(r̂, dIn, dOut) of them for types 1 to 4, min(dIn, dOut) for type 6.
 * Exact, to the precision of M's entries: ΔW is never formed, only matrices of the size of M are decomposed.
 */
export function moraSingularValues(geometry: MoraGeometry, m: Reals): Float64Array {
  return geometry.type === 6 ? rotationSingularValues(geometry, m) : sharingSingularValues(geometry, m);
}
