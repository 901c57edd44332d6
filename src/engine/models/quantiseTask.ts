import { readStored } from '../weights/storedPlace';
import { quantiseHead, type HeadArrays, type HeadRows } from './head/quantiseHead';
import { plainBytes, quantise, sharedBytes } from './quantise';
import type { QuantisedWeight, QuantiseTask, TableToQuantise, WeightToQuantise } from './quantiser';
import { StoredTable } from './storedTable';

/** Memory for the values of a weight, or of a tile of a head, that is read; kept by each thread. */
let scratch = new Float32Array();

type Sharing = Pick<QuantiseTask, 'shared'>;

/** Does what a thread is sent. */
export function quantiseTask(task: QuantiseTask): QuantisedWeight | HeadArrays {
  return 'table' in task ? quantiseTable(task) : quantiseWeight(task);
}

export function quantiseWeight(task: WeightToQuantise & Sharing): QuantisedWeight {
  const { dOut, dIn } = task;
  const make = task.shared ? sharedBytes : plainBytes;
  if ('weight' in task)
    return { arrays: quantise(task.weight, dOut, dIn, undefined, make), memory: task.weight.buffer };
  const weight = memory(dOut * dIn);
  readStored(task.place, weight);
  return { arrays: quantise(weight, dOut, dIn, undefined, make) };
}

/** Tile by tile: the head is never in memory whole. */
export function quantiseTable({ table, shared, ...shape }: TableToQuantise & Sharing): HeadArrays {
  const { hiddenSize } = shape;
  const stored = new StoredTable(table, hiddenSize);
  const rowsOf: HeadRows = (start, end) => {
    const rows = memory((end - start) * hiddenSize);
    stored.range(start, rows);
    return rows;
  };
  return quantiseHead(rowsOf, shape, undefined, shared ? sharedBytes : plainBytes);
}

function memory(length: number): Float32Array {
  if (scratch.length < length) scratch = new Float32Array(length);
  return scratch.subarray(0, length);
}
