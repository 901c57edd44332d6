import { apply, type Operation, type Value } from '../value';

/** Rows of a frozen table by index: table [V, D], indices [N] → [N, D]. No derivative: the table does not train. */
export const ROWS: Operation = {
  name: 'rows',
  type: 'float32',
  shape: ([table = [], indices = []]) => [...indices, ...table.slice(1)],
  onnx: (onnx, inputs) => onnx.node('Gather', inputs, { axis: 0 }),
};

/** table[indices]. */
export const rows = (table: Value, indices: Value): Value => apply(ROWS, [table, indices], undefined);
