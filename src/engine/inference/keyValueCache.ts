import type { DecoderConfig, LayerKind } from '../models/decoderConfig';
import type { Runtime, HostTensor } from '../runtime/runtime';
import { cacheCapacity } from './shapeSteps';

/** Keys and values of some rows, each [rows, K, C, h]. */
export interface CacheSlots {
  readonly keys: HostTensor;
  readonly values: HostTensor;
}

interface LayerMemory extends CacheSlots {
  /** [1, K, C, h] of each row. */
  readonly rows: readonly CacheSlots[];
}

/** Where the keys and values of the new tokens of some rows are, each [rows, K, T, h], and which row of them is meant. */
export interface NewKeys {
  readonly keys: Float32Array;
  readonly values: Float32Array;
  readonly row: number;
  /** T, padding counted. */
  readonly length: number;
}

/**
 * Keys and values of the tokens of B sequences for every layer. Position p is in slot p mod C. C grows in steps with the
 * longest sequence; a layer with a sliding window stops at the window, and its slots are used again in turn.
 */
export class KeyValueCache {
  private readonly capacities = new Map<LayerKind, number>();
  private readonly layers: (LayerMemory | undefined)[];

  constructor(
    private readonly runtime: Runtime,
    private readonly config: DecoderConfig,
    private readonly rowCount: number,
  ) {
    this.layers = config.layerKinds.map(() => undefined);
  }

  /** C of the layers of a kind; 0 before the first `reserve`. */
  capacity(kind: LayerKind): number {
    return this.capacities.get(kind) ?? 0;
  }

  /** Makes room for sequences of so many tokens; what is cached stays. */
  reserve(tokens: number): void {
    for (const kind of new Set(this.config.layerKinds)) {
      // A new token sees window − 1 earlier ones; it is itself not read from the cache.
      const needed = Math.max(1, kind.window === undefined ? tokens : Math.min(tokens, kind.window - 1));
      const before = this.capacity(kind);
      if (needed <= before) continue;
      const after = cacheCapacity(needed);
      this.capacities.set(kind, after);
      this.config.layerKinds.forEach((own, layer) => {
        if (own === kind) this.layers[layer] = this.grown(this.layers[layer], before, after);
      });
    }
  }

  /** The slots of all rows, or of one. */
  slots(layer: number, row?: number): CacheSlots {
    const memory = this.memory(layer);
    return row === undefined ? memory : (memory.rows[row] ?? memory);
  }

  /** Stores the first `count` new tokens of a row, which follow `start` tokens. */
  write(layer: number, row: number, start: number, count: number, fresh: NewKeys): void {
    const { keyValueHeads, headSize } = this.config;
    const capacity = this.capacity(kindOf(this.config, layer));
    const { keys, values } = this.memory(layer);
    for (const [from, to] of [
      [fresh.keys, keys.data as Float32Array],
      [fresh.values, values.data as Float32Array],
    ] as const) {
      for (let head = 0; head < keyValueHeads; head++) {
        const source = (fresh.row * keyValueHeads + head) * fresh.length;
        const target = (row * keyValueHeads + head) * capacity;
        // Of more tokens than slots only the last ones stay; runs end where the slots begin again.
        for (let t = Math.max(0, count - capacity); t < count;) {
          const slot = (start + t) % capacity;
          const run = Math.min(count - t, capacity - slot);
          to.set(from.subarray((source + t) * headSize, (source + t + run) * headSize), (target + slot) * headSize);
          t += run;
        }
      }
    }
  }

  private memory(layer: number): LayerMemory {
    const memory = this.layers[layer];
    if (memory === undefined) throw new Error(`layer ${layer} has no cache yet`);
    return memory;
  }

  /** Before it grows, no slot has been used twice: position p is in slot p of either size. */
  private grown(old: LayerMemory | undefined, before: number, after: number): LayerMemory {
    const { keyValueHeads, headSize } = this.config;
    const grow = (tensor: HostTensor | undefined): Float32Array => {
      const data = new Float32Array(this.rowCount * keyValueHeads * after * headSize);
      for (let head = 0; tensor !== undefined && head < this.rowCount * keyValueHeads; head++) {
        const part = (tensor.data as Float32Array).subarray(head * before * headSize, (head + 1) * before * headSize);
        data.set(part, head * after * headSize);
      }
      return data;
    };
    const [keys, values] = [grow(old?.keys), grow(old?.values)];
    const size = keyValueHeads * after * headSize;
    const slots = (start: number, rows: number): CacheSlots => ({
      keys: this.runtime.tensor(keys.subarray(start * size, (start + rows) * size), [
        rows,
        keyValueHeads,
        after,
        headSize,
      ]),
      values: this.runtime.tensor(values.subarray(start * size, (start + rows) * size), [
        rows,
        keyValueHeads,
        after,
        headSize,
      ]),
    });
    return { ...slots(0, this.rowCount), rows: Array.from({ length: this.rowCount }, (_, row) => slots(row, 1)) };
  }
}

function kindOf({ layerKinds }: DecoderConfig, layer: number): LayerKind {
  const kind = layerKinds[layer];
  if (kind === undefined) throw new Error(`layer ${layer} is of no kind`);
  return kind;
}
