import { performance } from 'node:perf_hooks';
import type { ReadingProgress, StatisticsParams, TensorStatistics } from '../rpc/contents';
import type { TensorEntry } from '../weights/header';
import { elementBytes } from './decode';
import { withFile } from './headers';
import { Histogram } from './histogram';
import { Moments } from './moments';
import { Pace } from './pace';
import { CHUNK_VALUES, elementsOf, readableEntry, ValueReader } from './valueReader';

/** Values of one block of a sample: large enough that a disk reads rather than seeks. */
const BLOCK_VALUES = 1 << 16;

type Range = readonly [from: number, to: number];

/**
 * Statistics of a tensor's values. They are read twice, for the intervals of the histogram follow from the extremes; the
 * system has the second reading in memory where there is room. Throws a UserError when the file has changed or the
 * type has no values to show, and the signal's reason when it aborts.
 */
export function statistics(
  { path, stamp, tensor, limit }: StatisticsParams,
  onProgress: (progress: ReadingProgress) => void,
  signal?: AbortSignal,
): Promise<TensorStatistics> {
  const began = performance.now();
  return withFile(path, stamp, async (source, header) => {
    const entry = readableEntry(path, header, tensor);
    const values = elementsOf(entry);
    const ranges = sampled(values, limit);
    const reader = new ValueReader(source);
    const size = elementBytes(entry.dtype);
    const total = 2 * countOf(ranges) * size;
    const pace = new Pace();
    let done = 0;
    const pass = async (take: (piece: Float64Array, first: number) => void): Promise<void> => {
      for await (const [piece, first] of pieces(reader, entry, ranges)) {
        signal?.throwIfAborted();
        take(piece, first);
        done += piece.length * size;
        if (pace.isDue()) onProgress({ done, total });
      }
    };
    const moments = new Moments();
    await pass((piece, first) => moments.add(piece, first));
    const { least, greatest } = moments;
    const histogram = least === null || greatest === null ? null : new Histogram(least.value, greatest.value);
    if (histogram !== null) await pass((piece) => histogram.add(piece));
    const { count, zeros, nan, infinite, firstNotFinite, mean, standardDeviation, norm, magnitudes } = moments;
    return {
      values,
      read: count,
      blocks: ranges.length,
      zeros,
      nan,
      infinite,
      firstNotFinite,
      least,
      greatest,
      mean,
      standardDeviation,
      norm,
      histogram: histogram && [...histogram.counts],
      magnitudes,
      seconds: (performance.now() - began) / 1000,
    };
  });
}

/**
 * Which elements to read: all of them where they are no more than `limit`, else blocks whose beginnings are evenly
 * spread, the first at the start and the last at the end. A sample at single places would have to read as much.
 */
export function sampled(values: number, limit: number | null): readonly Range[] {
  if (values === 0) return [];
  if (limit === null || values <= Math.max(limit, BLOCK_VALUES)) return [[0, values]];
  const blocks = Math.max(2, Math.floor(limit / BLOCK_VALUES));
  return Array.from({ length: blocks }, (_, i) => {
    const from = Math.round((i * (values - BLOCK_VALUES)) / (blocks - 1));
    return [from, from + BLOCK_VALUES] as const;
  });
}

async function* pieces(
  reader: ValueReader,
  entry: TensorEntry,
  ranges: readonly Range[],
): AsyncGenerator<readonly [piece: Float64Array, first: number]> {
  for (const [from, to] of ranges) {
    for (let at = from; at < to; at += CHUNK_VALUES) {
      yield [await reader.read(entry, at, Math.min(to, at + CHUNK_VALUES)), at];
    }
  }
}

function countOf(ranges: readonly Range[]): number {
  return ranges.reduce((sum, [from, to]) => sum + to - from, 0);
}
