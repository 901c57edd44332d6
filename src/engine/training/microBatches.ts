import type { Device } from '../../config/devices';
import type { Example } from '../data/example';
import { buildRows, packRows, type PackedBatch } from '../data/packing';

/** Row lengths are multiples of this, so that products have even sizes. */
const ROW_STEP = 32;
/**
 * Tokens of one micro-batch, padding counted: enough that products are fast, little enough that the activations of a
 * layer stay in the processor's cache (docs/results/performance.md).
 */
const MICRO_BATCH_TOKENS = 1024;
/** The same on a GPU, whose caches hold no layer, and which is busy only with large products. */
const GPU_MICRO_BATCH_TOKENS = 4096;

/** How the examples of a run are laid out: every row as long as the longest example, rounded up. */
export interface BatchLayout {
  readonly rowLength: number;
  /** Rows of the largest micro-batch. */
  readonly maxRows: number;
  /** Micro-batches that are computed at once; one unless given. */
  readonly replicas?: number;
}

/** `tokens`: of one micro-batch, padding counted; those that train fast unless given. */
export function batchLayout(longestExample: number, context: number, tokens = MICRO_BATCH_TOKENS): BatchLayout {
  const rowLength = Math.min(context, Math.ceil(longestExample / ROW_STEP) * ROW_STEP);
  return { rowLength, maxRows: Math.max(1, Math.floor(tokens / rowLength)) };
}

/** Tokens of a micro-batch with which a device trains fast. */
export function fastTokens(device: Device): number {
  return device === 'webgpu' || device === 'tfjs-node-gpu' ? GPU_MICRO_BATCH_TOKENS : MICRO_BATCH_TOKENS;
}

/** The layout of the largest batch that a step can have: an example never takes more than a row. */
export function stepLayout(layout: BatchLayout, batchSize: number): BatchLayout {
  return { ...layout, maxRows: Math.min(layout.maxRows, batchSize) };
}

/**
 * Packs examples into micro-batches. The loss is a sum over supervised tokens, so neither packing nor splitting
 * changes it.
 */
export function microBatches(examples: readonly Example[], layout: BatchLayout): PackedBatch[] {
  const lengths = examples.map(({ tokens }) => tokens.length);
  return paddedRows(lengths, layout).map((part) => buildRows(part, examples, layout.rowLength));
}

/**
 * The rows of each micro-batch, as indices into `lengths`, as many micro-batches for each replica. Row counts are rounded
 * up a little, so that few batch shapes occur and each is compiled once; a row to round up is empty.
 */
export function paddedRows(
  lengths: readonly number[],
  { rowLength, maxRows, replicas = 1 }: BatchLayout,
): number[][][] {
  const rows = packRows(lengths, rowLength);
  const atOnce = Math.min(replicas, rows.length);
  const count = Math.min(rows.length, atOnce * Math.ceil(rows.length / (atOnce * maxRows)));
  return Array.from({ length: count }, (_, index) => {
    const part = rows.slice(Math.floor((rows.length * index) / count), Math.floor((rows.length * (index + 1)) / count));
    while (part.length < roundedRows(part.length, maxRows)) part.push([]);
    return part;
  });
}

/** Up to 12 % more rows: 1 to 16, then steps of an eighth of the power of two below. */
function roundedRows(rows: number, maxRows: number): number {
  const step = Math.max(1, 2 ** Math.floor(Math.log2(rows)) / 8);
  return Math.min(maxRows, Math.ceil(rows / step) * step);
}
