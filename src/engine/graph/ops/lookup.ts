import { apply, lengthOf, ShapeError, type Operation, type Value } from '../value';

/** Rows of a table by index: table [V, D], indices [N] → [N, D]. The gradient of a row is the sum of what its uses get. */
export const ROWS: Operation = {
  name: 'rows',
  shape: ([table = [], indices = []]) => [...indices, ...table.slice(1)],
  derivative: (gradient, [table, indices]) =>
    table && indices ? [scatterRows(gradient, indices, lengthOf(table.shape, 0)), null] : [null, null],
  onnx: (onnx, inputs) => onnx.node('Gather', inputs, { axis: 0 }),
  tensorFlow: ({ tf }, table, indices) => tf.gather(table, indices, 0),
};

/** Columns of a matrix by index: x [N, D], indices [K] → [N, K]. No derivative: used within rules that have their own. */
export const COLUMNS: Operation = {
  name: 'columns',
  type: 'float32',
  shape: ([x = [], indices = []]) => [...x.slice(0, 1), ...indices],
  onnx: (onnx, inputs) => onnx.node('Gather', inputs, { axis: 1 }),
  tensorFlow: ({ tf }, x, indices) => tf.gather(x, indices, 1),
};

/** x[:, indices]. */
export const columns = (x: Value, indices: Value): Value => apply(COLUMNS, [x, indices], undefined);

/** Adds rows into a table of zeros: rows [N, D], indices [N] → [height, D]. Rows of equal index add up. */
export const SCATTER_ROWS: Operation<{ readonly height: number }> = {
  name: 'scatterRows',
  type: 'float32',
  shape: ([added = [], indices = []], { height }) => {
    if (added.length !== 2 || indices.length !== 1 || added[0] !== indices[0]) {
      throw new ShapeError(`rows [${added.join(', ')}] at [${indices.join(', ')}]`);
    }
    return [height, added[1] ?? 0];
  },
  derivative: (gradient, [, indices]) => (indices ? [rows(gradient, indices), null] : [null, null]),
  onnx: (onnx, [added = '', indices = ''], _attributes, { result, inputs }) => {
    const zeros = onnx.node('Expand', [onnx.constant('float32', [], [0]), onnx.constant('int64', [2], result.shape)]);
    const count = lengthOf(inputs[1]?.shape ?? [], 0);
    const places = onnx.node('Reshape', [indices, onnx.constant('int64', [2], [count, 1])]);
    return onnx.node('ScatterND', [zeros, places, added], { reduction: 'add' });
  },
  tensorFlow: ({ tf, inputs, result }, added, indices) => {
    const places = tf.reshape(indices, [lengthOf(inputs[1]?.shape ?? [], 0), 1]);
    return tf.scatterND(places, added, result.shape);
  },
};

/** table[indices]. */
export const rows = (table: Value, indices: Value): Value => apply(ROWS, [table, indices], undefined);

/** Σ over n with indices[n] = v of added[n], for every row v below `height`. */
export const scatterRows = (added: Value, indices: Value, height: number): Value =>
  apply(SCATTER_ROWS, [added, indices], { height });

/**
 * One entry of each row: x [N, D], indices [N, 1] → [N, 1]; 0 where the index is beyond the row. No derivative: used within
 * rules that have their own.
 */
export const PICK: Operation = {
  name: 'pick',
  type: 'float32',
  shape: ([x = [], indices = []]) => {
    if (x.length !== 2 || indices.length !== 2 || indices[0] !== x[0] || indices[1] !== 1)
      throw new ShapeError(`entries [${indices.join(', ')}] of the rows of [${x.join(', ')}]`);
    return indices;
  },
  onnx: (onnx, [x = '', indices = ''], _attributes, { inputs }) => {
    const whole = (value: number): string => onnx.constant('int64', [], [value]);
    const within = onnx.node('Clip', [indices, whole(0), whole(lengthOf(inputs[0]?.shape ?? [], 1) - 1)]);
    const isWithin = onnx.node('Cast', [onnx.node('Equal', [indices, within])], { to: 1 });
    return onnx.node('Mul', [onnx.node('GatherElements', [x, within], { axis: 1 }), isWithin]);
  },
  tensorFlow: ({ tf, inputs, result }, x, indices) => {
    const within = tf.minimum(tf.maximum(indices, 0), lengthOf(inputs[0]?.shape ?? [], 1) - 1);
    const rowNumbers = tf.reshape(tf.range(0, lengthOf(result.shape, 0), 1, 'int32'), result.shape);
    const picked = tf.reshape(tf.gatherND(x, tf.concat([rowNumbers, within], 1)), result.shape);
    return tf.mul(picked, tf.cast(tf.equal(indices, within), 'float32'));
  },
};

/** x[n, indices[n]], 0 beyond the row. */
export const pick = (x: Value, indices: Value): Value => apply(PICK, [x, indices], undefined);
