import { expect, it } from 'vitest';
import { add, swiglu } from '../../../src/engine/graph/ops/elementwise';
import { product } from '../../../src/engine/graph/ops/contraction';
import { input, type Value } from '../../../src/engine/graph/value';
import { onnxModel } from '../../../src/engine/runtime/onnxModel';
import { runtime } from '../../support/evaluateGraph';

const DIALECT = { fusedProducts: true, padsByJoining: true, runsDepthFirst: true, unconvertible: false };

/** How many nodes of a type the model of a program has; nodes are named by type and result. */
function nodesOf(type: string, y: Value, inputs: ReadonlyMap<string, Value>): number {
  const { bytes } = onnxModel({ inputs, outputs: new Map([['y', y]]) }, DIALECT);
  return Buffer.from(bytes).toString('latin1').split(`${type}.t`).length - 1;
}

it('computes once what is built twice, also by operators of ONNX Runtime alone', () => {
  const x = input('x', [3, 4]);
  const inputs = new Map([['x', x]]);
  const gated = (y: Value): Value => swiglu(y, y);
  expect(nodesOf('QuickGelu', add(gated(x), gated(x)), inputs)).toBe(1);
  // What follows from equal nodes is equal too.
  expect(nodesOf('QuickGelu', add(gated(gated(x)), gated(gated(x))), inputs)).toBe(2);
  const [once, again] = [product(x, x, { transposeB: true }), product(x, x, { transposeB: true })];
  expect(nodesOf('FusedMatMul', add(once, again), inputs)).toBe(1);
});

it('keeps apart what differs in an attribute or an input', () => {
  const [a, b] = [input('a', [2, 2]), input('b', [2, 2])];
  const inputs = new Map([
    ['a', a],
    ['b', b],
  ]);
  const turned = add(product(a, b, { transposeB: true }), product(a, b, { transposeA: true }));
  expect(nodesOf('FusedMatMul', turned, inputs)).toBe(2);
  expect(nodesOf('QuickGelu', add(swiglu(a, a), swiglu(b, b)), inputs)).toBe(2);
});

it('gives one result under several names', async () => {
  const x = input('x', [2]);
  const outputs = new Map(['a', 'b', 'c', 'd'].map((name) => [name, swiglu(x, x)]));
  const program = await runtime.compile({ inputs: new Map([['x', x]]), outputs });
  const found = Object.fromEntries([...outputs.keys()].map((name) => [name, runtime.tensor(new Float32Array(2), [2])]));
  await program.run({ x: runtime.tensor(Float32Array.of(1, -2), [2]) }, found);
  await program.dispose();
  for (const { data } of Object.values(found)) {
    expect(Number(data[0])).toBeCloseTo(1 / (1 + Math.exp(-1)), 6);
    expect(Number(data[1])).toBeCloseTo(4 / (1 + Math.exp(2)), 6);
  }
});
