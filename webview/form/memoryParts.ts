import type { Plan } from '../../src/engine/rpc/plan';

const PARTS = ['weights', 'activations', 'adapter', 'optimizer', 'working'] as const;

export type MemoryPart = (typeof PARTS)[number];

export interface MemoryBarParts {
  /** Bytes from the left end of the bar to its right end: what is free, or what is needed where that is more. */
  readonly length: number;
  /** Where each part begins and how much it is, in shares of the length. */
  readonly parts: ReadonlyArray<{
    readonly part: MemoryPart;
    readonly bytes: number;
    readonly from: number;
    readonly width: number;
  }>;
  /** Where what is free now ends, as a share of the length. */
  readonly free: number;
}

/** The bar of memory: the parts of a run one after the other, against what the machine has free. */
export function memoryBarParts(memory: Plan['memory']): MemoryBarParts {
  const length = Math.max(1, memory.available, memory.total);
  let from = 0;
  const parts = PARTS.map((part) => {
    const width = memory[part] / length;
    const placed = { part, bytes: memory[part], from, width };
    from += width;
    return placed;
  });
  return { length, parts, free: memory.available / length };
}
