import { supervisedCount, type Example } from './example';

/** Examples by index, in memory or on disk. Their figures are known without reading them. */
export interface Examples {
  readonly length: number;
  /** Tokens of an example. Throws a RangeError for an index that there is not. */
  tokensOf(index: number): number;
  /** Its tokens that are learned. */
  supervisedOf(index: number): number;
  /** Whether it lost its end. */
  truncatedAt(index: number): boolean;
  /**
   * The record of the data that each example comes from, never falling. Read when asked for: whoever splits the data
   * needs it once, training does not, and it would take four bytes an example.
   */
  records(): Promise<Uint32Array>;
  /** The examples at these places, in this order; a place may come more than once. */
  read(indices: ArrayLike<number>): Promise<Example[]>;
}

/** Examples that are held in memory as they are. */
export function memoryExamples(examples: readonly Example[]): Examples {
  const at = (index: number): Example => examples[index] ?? outside(index, examples.length);
  return {
    length: examples.length,
    tokensOf: (index) => at(index).tokens.length,
    supervisedOf: (index) => supervisedCount(at(index).labels),
    truncatedAt: (index) => at(index).truncated,
    records: async () => Uint32Array.from(examples, ({ record }) => record),
    read: async (indices) => Array.from(indices, at),
  };
}

/** Some of the examples, in the order of `indices`, without a copy of them: four bytes an example. */
export function viewExamples(whole: Examples, indices: Uint32Array): Examples {
  const at = (index: number): number => indices[index] ?? outside(index, indices.length);
  return {
    length: indices.length,
    tokensOf: (index) => whole.tokensOf(at(index)),
    supervisedOf: (index) => whole.supervisedOf(at(index)),
    truncatedAt: (index) => whole.truncatedAt(at(index)),
    records: async () => {
      const all = await whole.records();
      return indices.map((index) => all[index] as number);
    },
    read: (chosen) => whole.read(Uint32Array.from(chosen, at)),
  };
}

/** Throws the RangeError for an index that there is not. */
export function outside(index: number, length: number): never {
  throw new RangeError(`there is no example ${index} among ${length}`);
}
