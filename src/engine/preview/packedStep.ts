import type { Configuration } from '../../config/schema';
import { IGNORED_LABEL, type Example } from '../data/example';
import { ExampleOrder, totalSteps } from '../data/order';
import type { PackedBatch } from '../data/packing';
import type { DecoderConfig } from '../models/decoderConfig';
import type { PackedRow, PackedStep } from '../rpc/examples';
import { batchLayout, microBatches } from '../training/microBatches';
import type { RunData } from '../training/runData';
import { partOf, recordsOf } from './examplePages';
import { shownExample } from './shownExample';

export interface StepLook {
  /** From 0 on. */
  readonly step: number;
  readonly first: number;
  readonly count: number;
  /** Most tokens to show of one row. */
  readonly most: number;
}

/**
 * The rows of an optimizer step as the model is given them: read from the arrays of the very micro-batches that training
 * makes of the same examples. How rows are spread over micro-batches depends on the device, what is in them does not.
 */
export async function packedStep(
  data: RunData,
  { data: { maxLength }, training }: Configuration,
  decoder: DecoderConfig,
  { step: asked, first, count, most }: StepLook,
): Promise<PackedStep> {
  const { train, validation } = data;
  const { batchSize, seed } = training;
  const steps = training.steps ?? totalSteps(training.epochs, train.examples.length, batchSize);
  const step = Math.max(0, Math.min(asked, steps - 1));
  const layout = batchLayout(Math.max(train.longest, validation.longest), Math.min(maxLength, decoder.maxPositions));
  const indices = new ExampleOrder(train.examples.length, seed).stepExamples(step, batchSize);
  const examples = await train.examples.read(indices);
  const rows = microBatches(examples, layout).flatMap(rowsOf);
  const records = await recordsOf(train);
  return {
    kind: 'rows',
    step,
    steps,
    rowLength: layout.rowLength,
    tokens: rows.reduce((sum, { filled }) => sum + filled, 0),
    examples: examples.length,
    total: rows.length,
    first,
    rows: rows.slice(first, first + count).map(({ segments, filled }): PackedRow => {
      const each = Math.max(1, Math.floor(most / segments.length));
      return {
        filled,
        segments: segments.map(({ start, nth, tokens, labels }) => {
          const index = indices[nth] as number;
          const example = { ...(examples[nth] as Example), tokens, labels };
          return { start, index, example: shownExample(data, example, { part: partOf(records, index), most: each }) };
        }),
      };
    }),
  };
}

interface Segment {
  readonly start: number;
  /** Which of the examples of the step. */
  readonly nth: number;
  readonly tokens: Int32Array;
  /** As the loss sees them: targets, moved to the tokens that they name. */
  readonly labels: Int32Array;
}

/** The rows of a batch that hold anything; those that only round up its shape are left out. */
export function rowsOf({ rows, rowLength, examples, tokens, positions, targets, segments }: PackedBatch): {
  readonly segments: readonly Segment[];
  readonly filled: number;
}[] {
  return Array.from({ length: rows }, (_, row) => {
    const found: Segment[] = [];
    const end = (row + 1) * rowLength;
    let at = row * rowLength;
    while (at < end && segments[at] !== 0) {
      const start = at++;
      // An example begins where the positions do.
      while (at < end && segments[at] === segments[start] && positions[at] !== 0n) at++;
      const labels = new Int32Array(at - start).fill(IGNORED_LABEL);
      labels.set(targets.subarray(start, at - 1), 1);
      const nth = examples[row]?.[(segments[start] as number) - 1];
      if (nth === undefined) throw new Error(`row ${row} holds an example that it does not name`);
      found.push({ start: start - row * rowLength, nth, tokens: tokens.slice(start, at), labels });
    }
    return { segments: found, filled: at - row * rowLength };
  }).filter(({ filled }) => filled > 0);
}
