import type { LinearLayer } from '../../../config/targets';
import { UserError } from '../../../config/userError';
import type { StructuredParameters } from '../../adapters/mora/official';
import type { ExportSource } from '../exportSource';
import type { Factors } from './bestLowRank';
import { exactLoraOf } from './exactFactors';

/** How one layer becomes a LoRA. */
export interface PlannedLora {
  readonly linear: LinearLayer;
  /** All that is added to its weight, in order. */
  readonly parts: readonly StructuredParameters[];
  readonly rank: number;
  /** ΔW = scale · B A. */
  readonly scale: number;
  /** The factors; undefined where they can only be near and are to be found. */
  readonly exact: (() => Factors) | undefined;
  /** The adapter's own A and B. */
  readonly unchanged: boolean;
}

/**
 * How each adapted layer becomes a LoRA: exactly where its structure allows it and `rank` is not smaller, else as near
 * as `rank` allows; by default the rank of the LoRA with as many parameters. In the model's order.
 * Throws a UserError for full fine-tuning without a rank: no rank is natural to it.
 */
export function loraPlan({ adapter, adapterFolder }: ExportSource, rank: number | undefined): PlannedLora[] {
  const partsOf = new Map<string, { linear: LinearLayer; parts: StructuredParameters[] }>();
  for (const { linear, structure, parameters } of [...adapter.merged, adapter.modules].flat()) {
    const entry = partsOf.get(linear.name) ?? { linear, parts: [] };
    entry.parts.push({ structure, parameters });
    partsOf.set(linear.name, entry);
  }
  return [...partsOf.values()].map(({ linear, parts }) => {
    const exact = exactLoraOf(parts);
    if (exact !== undefined && exact.rank <= (rank ?? Infinity)) {
      return { linear, parts, rank: exact.rank, scale: exact.scale, exact: exact.factors, unchanged: exact.unchanged };
    }
    const wanted = rank ?? naturalRank(parts, adapterFolder);
    return {
      ...{ linear, parts, rank: Math.min(wanted, linear.dIn, linear.dOut), scale: 1 },
      ...{ exact: undefined, unchanged: false },
    };
  });
}

function naturalRank(parts: readonly StructuredParameters[], folder: string): number {
  const last = parts.at(-1)?.structure;
  if (last === undefined || last.method === 'full') {
    throw new UserError(
      `${folder}: is full fine-tuning, which a LoRA can only come near; give its rank with --rank, or use --format merged.`,
    );
  }
  return last.rank;
}
