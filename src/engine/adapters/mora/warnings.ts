import { describeLayer } from '../layerSize';
import type { MoraStructure } from '../structure';
import { largestRankFor } from './size';

/** Sentences for the user about settings that work but waste something; empty when there are none. */
export function moraWarnings(structure: MoraStructure): readonly string[] {
  const warnings: string[] = [];
  const { dIn, dOut, rHat, type } = structure;
  const shorter = Math.min(dIn, dOut);
  if (rHat > shorter) {
    const largest = largestRankFor(shorter, structure, type);
    const mend = largest < 1 ? 'leave this layer out' : `use a rank of at most ${largest} here`;
    warnings.push(
      `r̂ = ${rHat} exceeds the shorter side of the layer ${describeLayer(structure)}, so ΔW cannot use all of M; ${mend}.`,
    );
  }
  const dead = deadInputs(structure);
  if (dead > 0) {
    const share = ((100 * dead) / dIn).toFixed(1);
    warnings.push(
      `Rotation ignores ${dead} of the ${dIn} inputs (${share} %) of the layer ${describeLayer(structure)}, because it has ` +
        'fewer outputs than inputs; use mora_type 1 (sharing) here.',
    );
  }
  return warnings;
}

/**
 * How many columns of ΔW are 0 whatever M is: type 6 gives block b of the inputs the outputs from b·r̂ on, and the
 * crop to dOut outputs may leave whole blocks without any.
 */
export function deadInputs({ dIn, dOut, rHat, type }: MoraStructure): number {
  if (type !== 6) return 0;
  return dIn - Math.min(dIn, Math.ceil(dOut / rHat) * rHat);
}
