import { product } from '../../src/engine/graph/ops/contraction';
import { withDerivative } from '../../src/engine/graph/ops/derived';
import {
  add,
  geluTanh,
  multiply,
  scale,
  sigmoid,
  subtract,
  swiglu,
  tanh,
} from '../../src/engine/graph/ops/elementwise';
import { broadcastTo, concatenate, pad, reshape, slice, transpose } from '../../src/engine/graph/ops/layout';
import { rows, scatterRows } from '../../src/engine/graph/ops/lookup';
import { inverseRms, rmsNorm } from '../../src/engine/graph/ops/normalisation';
import { rotary } from '../../src/engine/graph/ops/position';
import { after } from '../../src/engine/graph/ops/order';
import { logSumExp, softmax, sum } from '../../src/engine/graph/ops/reduction';
import { constant, type Value } from '../../src/engine/graph/value';
import { attention, maskShape } from '../../src/engine/models/attention';

/** A graph of one operation; "derived" has two. */
export interface OperationCase {
  readonly operation: string;
  readonly what: string;
  readonly shapes: readonly (readonly number[])[];
  readonly build: (...x: Value[]) => Value;
}

const given = (
  operation: string,
  what: string,
  shapes: OperationCase['shapes'],
  build: OperationCase['build'],
): OperationCase => ({
  operation,
  what,
  shapes,
  build,
});

const positions = constant([2, 3], [0, 1, 2, 0, 0, 1], 'int64');
const cosines = constant([3, 2], [1, 1, Math.cos(1), Math.cos(0.1), Math.cos(2), Math.cos(0.2)]);
const sines = constant([3, 2], [0, 0, Math.sin(1), Math.sin(0.1), Math.sin(2), Math.sin(0.2)]);
const causal = (length: number): Value =>
  constant(
    maskShape(1, { start: 0, end: length }),
    Array.from({ length: length * length }, (_, i) => (i % length > Math.floor(i / length) ? -1e30 : 0)),
  );

const CHOSEN = constant([3], [2, 0, 2], 'int64');

const SHAPE = { heads: 4, keyValueHeads: 2, headSize: 2, attentionScale: Math.SQRT1_2, attentionSoftcap: undefined };

/** Every operation that has a derivative, in the ways in which it is used. Inputs are float32. */
export const OPERATION_CASES: readonly OperationCase[] = [
  given('add', 'with broadcasting', [[2, 3], [3]], (a, b) => add(a, b)),
  given(
    'subtract',
    'with broadcasting',
    [
      [1, 3],
      [2, 3],
    ],
    (a, b) => subtract(a, b),
  ),
  given(
    'multiply',
    'with broadcasting',
    [
      [2, 1, 3],
      [4, 1],
    ],
    (a, b) => multiply(a, b),
  ),
  given('scale', 'by a number', [[5]], (x) => scale(x, -2.5)),
  given('sigmoid', 'entry by entry', [[3, 4]], (x) => sigmoid(x)),
  given(
    'swiglu',
    'entry by entry',
    [
      [3, 4],
      [3, 4],
    ],
    (gate, up) => swiglu(gate, up),
  ),
  given('tanh', 'entry by entry', [[3, 4]], (x) => tanh(x)),
  given('geluTanh', 'entry by entry', [[3, 4]], (x) => geluTanh(x)),
  given('sum', 'over a middle axis', [[2, 3, 4]], (x) => sum(x, [1])),
  given('sum', 'over axes that go', [[2, 3, 4]], (x) => sum(x, [0, 1], { dropped: true })),
  given('sum', 'over two axes', [[2, 3, 4]], (x) => sum(x, [0, -1])),
  given('softmax', 'over the last axis', [[3, 5]], (x) => softmax(x)),
  given('logSumExp', 'over the last axis', [[3, 5]], (x) => logSumExp(x)),
  given('reshape', 'to two axes', [[2, 3, 2]], (x) => reshape(x, [4, 3])),
  given('transpose', 'of three axes', [[2, 3, 4]], (x) => transpose(x, [2, 0, 1])),
  given('broadcast', 'of an inner axis', [[2, 1, 3]], (x) => broadcastTo(x, [2, 4, 3])),
  given('slice', 'of a middle axis', [[2, 5, 2]], (x) => slice(x, 1, 1, 4)),
  given('pad', 'on both sides', [[2, 3]], (x) => pad(x, 1, 1, 2)),
  given('pad', 'with more zeros than one piece has', [[2, 3]], (x) => pad(x, 1, 64, 130)),
  given(
    'concatenate',
    'of three parts',
    [
      [2, 1],
      [2, 3],
      [2, 2],
    ],
    (...parts) => concatenate(parts, 1),
  ),
  ...[false, true].flatMap((transposeA) =>
    [false, true].map((transposeB) =>
      given(
        'product',
        `of matrices${transposeA ? ', first transposed' : ''}${transposeB ? ', second transposed' : ''}`,
        [transposeA ? [4, 3] : [3, 4], transposeB ? [5, 4] : [4, 5]],
        (a, b) => product(a, b, { transposeA, transposeB, alpha: 0.7 }),
      ),
    ),
  ),
  given(
    'product',
    'of stacks with broadcasting',
    [
      [2, 1, 3, 4],
      [3, 4, 2],
    ],
    (a, b) => product(a, b),
  ),
  given('inverseRms', 'over the last axis', [[3, 4]], (x) => inverseRms(x, 1e-3)),
  given('rmsNorm', 'of input and weight', [[3, 4], [4]], (x, w) => rmsNorm(x, w, 1e-3)),
  given('rotary', 'of two heads', [[2, 3, 8]], (x) => rotary(x, positions, cosines, sines, 2)),
  given('rotary', 'of the first numbers of each head', [[2, 3, 12]], (x) => rotary(x, positions, cosines, sines, 2)),
  given('rows', 'of a table, one of them twice', [[4, 3]], (table) => rows(table, CHOSEN)),
  given('scatterRows', 'into a table, two into one', [[3, 2]], (added) => scatterRows(added, CHOSEN, 4)),
  given('after', 'of another value', [[2, 3], [3]], (x, y) => multiply(after(x, [y, x]), y)),
  given('derived', 'by its own rule', [[3]], (x) =>
    withDerivative(multiply(x, x), [x], (g) => [scale(multiply(g, x), 2)]),
  ),
  given(
    'derived',
    'attention with grouped queries',
    [
      [1, 5, 8],
      [1, 5, 4],
      [1, 5, 4],
    ],
    (q, k, v) => attention(q, k, v, [causal(5)], SHAPE),
  ),
  given(
    'derived',
    'attention with bounded scores',
    [
      [1, 5, 8],
      [1, 5, 4],
      [1, 5, 4],
    ],
    (q, k, v) => attention(q, k, v, [causal(5)], { ...SHAPE, attentionSoftcap: 0.5 }),
  ),
];
