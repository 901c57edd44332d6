import type { Dataset } from '../data/dataset';
import type { Example } from '../data/example';
import type { PlannedExample } from '../rpc/plan';
import type { RunData } from '../training/runData';
import { shownExample } from './shownExample';

/** Some of the examples of one side, in the order of the data, each at most `most` tokens of it. */
export async function examplePage(
  data: RunData,
  side: 'train' | 'validation',
  { first, count, most }: { readonly first: number; readonly count: number; readonly most?: number },
): Promise<PlannedExample[]> {
  const { examples } = data[side];
  const length = Math.max(0, Math.min(count, examples.length - first));
  const indices = Array.from({ length }, (_, i) => first + i);
  const read = await examples.read(indices);
  const records = await recordsOf(data[side]);
  return read.map((example, i) =>
    shownExample(data, example, {
      side,
      part: partOf(records, first + i),
      ...(most !== undefined && { most }),
    }),
  );
}

/** The record of every example: asked for anew at each page, four bytes an example would be copied each time. */
const known = new WeakMap<Dataset, Promise<Uint32Array>>();

export function recordsOf(dataset: Dataset): Promise<Uint32Array> {
  const records = known.get(dataset) ?? dataset.examples.records();
  known.set(dataset, records);
  return records;
}

/** Which of the examples of its record one is; those of one record follow one another. */
export function partOf(records: Uint32Array, index: number): PlannedExample['part'] {
  const record = records[index] as number;
  const first = firstNotBelow(records.length, (at) => records[at] as number, record);
  const end = firstNotBelow(records.length, (at) => records[at] as number, record + 1);
  return end - first === 1 ? null : { number: index - first + 1, of: end - first };
}

/** The first example of a record, by the place of its file and its line; undefined when it became none of this side. */
export async function findExample(
  { examples }: Dataset,
  { source, line }: Pick<Example, 'source' | 'line'>,
): Promise<number | undefined> {
  let [low, high] = [0, examples.length];
  // The examples follow the files and their lines.
  while (low < high) {
    const middle = (low + high) >>> 1;
    const [found] = await examples.read([middle]);
    const isBefore = found !== undefined && (found.source - source || found.line - line) < 0;
    if (isBefore) low = middle + 1;
    else high = middle;
  }
  const [found] = low < examples.length ? await examples.read([low]) : [];
  return found?.source === source && found.line === line ? low : undefined;
}

/** The first index at which an ascending value is at least `wanted`; `length` when there is none. */
function firstNotBelow(length: number, valueAt: (index: number) => number, wanted: number): number {
  let [low, high] = [0, length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (valueAt(middle) < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}
