import { apply, type Operation, type Value } from '../value';

/** Rows of a frozen table by index: table [V, D], indices [N] → [N, D]. No derivative: the table does not train. */
export const ROWS: Operation = {
  name: 'rows',
  type: 'float32',
  shape: ([table = [], indices = []]) => [...indices, ...table.slice(1)],
  onnx: (onnx, inputs) => onnx.node('Gather', inputs, { axis: 0 }),
};

/** Columns of a matrix by index: x [N, D], indices [K] → [N, K]. No derivative: used within rules that have their own. */
export const COLUMNS: Operation = {
  name: 'columns',
  type: 'float32',
  shape: ([x = [], indices = []]) => [...x.slice(0, 1), ...indices],
  onnx: (onnx, inputs) => onnx.node('Gather', inputs, { axis: 1 }),
};

/** x[:, indices]. */
export const columns = (x: Value, indices: Value): Value => apply(COLUMNS, [x, indices], undefined);

/** table[indices]. */
export const rows = (table: Value, indices: Value): Value => apply(ROWS, [table, indices], undefined);
