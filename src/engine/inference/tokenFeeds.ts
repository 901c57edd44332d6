import { maskShape } from '../models/attention';
import type { LayerKind } from '../models/decoderConfig';
import { rotaryTables } from '../models/rotary';
import type { BufferPool } from '../runtime/bufferPool';
import type { Runtime, RuntimeTensor } from '../runtime/runtime';
import { writeCacheMask } from './cacheMask';

/** The new tokens of one row of a batch. */
export interface RowTokens {
  readonly row: number;
  /** Tokens of its sequence before them. */
  readonly start: number;
  readonly tokens: readonly number[];
  /** Length of the whole sequence, which dynamic and longrope angles depend on. */
  readonly whole: number;
}

/** Rows of T new tokens each, padding counted. */
export interface TokenBatch {
  readonly rows: readonly RowTokens[];
  readonly length: number;
}

/** Mask [B, 1, 1, T, C + T], and for a layer that turns positions [B, T] and angles [B·T, size/2], for layers of a kind. */
export function tokenFeeds(
  runtime: Runtime,
  buffers: BufferPool,
  { rows, length }: TokenBatch,
  capacity: number,
  { window, rotary }: LayerKind,
): Record<string, RuntimeTensor> {
  const width = capacity + length;
  const kind = `${window ?? 'all'} ${JSON.stringify(rotary)}`;
  const mask = buffers.tensor(`mask ${kind}`, maskShape(rows.length, { start: capacity, end: width }));
  rows.forEach(({ start, tokens }, index) => {
    writeCacheMask(mask.data, index * length * width, { start, count: tokens.length, length, capacity, window });
  });
  if (rotary === undefined) return { mask };

  const half = rotary.size / 2;
  const shape = [rows.length * length, half];
  const [cosines, sines] = [buffers.tensor(`cosines ${kind}`, shape), buffers.tensor(`sines ${kind}`, shape)];
  rows.forEach(({ start, whole }, index) => {
    const tables = rotaryTables(rotary, length, whole, start);
    cosines.data.set(tables.cosines, index * length * half);
    sines.data.set(tables.sines, index * length * half);
  });
  // The tables hold the angles of these very tokens, one after the other.
  const positions = runtime.tensor(
    BigInt64Array.from({ length: rows.length * length }, (_, index) => BigInt(index)),
    [rows.length, length],
  );
  return { mask, cosines, sines, positions };
}
