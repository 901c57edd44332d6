import { readStored } from '../weights/storedPlace';
import { quantiseHead } from './head/quantiseHead';
import { quantise } from './quantise';
import type { QuantisedTable, QuantisedWeight, QuantiseTask, TableToQuantise, WeightToQuantise } from './quantiser';

/** Memory for the values of a weight that is read, kept by each thread. */
let scratch = new Float32Array();

/** Does what a thread is sent. */
export async function quantiseTask(task: QuantiseTask): Promise<QuantisedWeight | QuantisedTable> {
  return 'table' in task ? quantiseTable(task) : quantiseWeight(task);
}

export function quantiseWeight(task: WeightToQuantise): QuantisedWeight {
  const { dOut, dIn } = task;
  if ('weight' in task) return { arrays: quantise(task.weight, dOut, dIn), memory: task.weight.buffer };
  const size = dOut * dIn;
  if (scratch.length < size) scratch = new Float32Array(size);
  const weight = scratch.subarray(0, size);
  readStored(task.place, weight);
  return { arrays: quantise(weight, dOut, dIn) };
}

export async function quantiseTable({ table, ...shape }: TableToQuantise): Promise<QuantisedTable> {
  const { vocabularySize, hiddenSize } = shape;
  const values = new Float32Array(vocabularySize * hiddenSize);
  readStored(table, values);
  const rowsOf = (start: number, end: number): Float32Array => values.subarray(start * hiddenSize, end * hiddenSize);
  return { values, head: await quantiseHead(rowsOf, shape) };
}
