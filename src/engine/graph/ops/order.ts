import { apply, type Operation, type Value } from '../value';

/**
 * x, for which other values are computed first; those that the program does not compute have no name. Where the runtime has
 * an order of its own, x gets no new axes at all, and which these are is a range of length 0 that is made of the sizes of the
 * others. No entry of x or of them is read.
 */
export const AFTER: Operation = {
  name: 'after',
  shape: ([x = []]) => x,
  derivative: (gradient, [, ...earlier]) => [gradient, ...earlier.map(() => null)],
  onnx: (onnx, [x = '', ...others], _attributes, { result }) => {
    const earlier = others.filter((name) => name !== '');
    if (!onnx.traits.runsDepthFirst || earlier.length === 0) return x;
    const size = earlier.map((name) => onnx.node('Size', [name])).reduce((a, b) => onnx.node('Mul', [a, b]));
    const none = onnx.node('Range', [size, size, onnx.constant('int64', [], [1])]);
    return onnx.shaped(onnx.node('Unsqueeze', [x, none]), result);
  },
  tensorFlow: ({ tf }, x) => tf.clone(x),
};

/**
 * x, computed after those of `earlier` that are computed at all. ONNX Runtime's CPU provider runs a graph depth first from
 * its outputs: all that one result needs, then all that the next one needs. What both read is then read a second time from
 * memory, when it is long out of the processor's cache, and held until then.
 */
export const after = (x: Value, earlier: readonly Value[]): Value => apply(AFTER, [x, ...earlier], undefined);
