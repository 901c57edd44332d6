import type { TensorFlow, TfTensor, TfType } from './tensorFlow';

/** Sizes of each axis, outermost first. */
export type Shape = readonly number[];

export type ElementType = 'float32' | 'int64' | 'int8' | 'uint8';

/** A number that the ONNX lowering of a row may use as node attribute. */
export type OnnxAttribute = number | { readonly float: number } | readonly number[] | string;

/** What a lowering may make of a provider of ONNX Runtime. */
export interface OnnxTraits {
  /** It has a product that reads its operands transposed and scales the result: FusedMatMul. */
  readonly fusedProducts: boolean;
  /** It joins tensors faster than it pads one. */
  readonly padsByJoining: boolean;
  /** It runs what one result needs to the end before it begins with the next, whatever the order of the nodes. */
  readonly runsDepthFirst: boolean;
}

/** Receives the nodes of a lowering; `inputs` and the result are names of tensors in the ONNX graph. */
export interface OnnxEmitter {
  readonly traits: OnnxTraits;
  /** Adds a node with one output. Domain is ai.onnx unless given. */
  node(
    type: string,
    inputs: readonly string[],
    attributes?: Readonly<Record<string, OnnxAttribute>>,
    domain?: 'com.microsoft',
  ): string;
  /** Tells the shape of a node's result where ONNX cannot infer it; returns its name. */
  shaped(name: string, result: Value): string;
  /** Adds a constant. */
  constant(type: ElementType, shape: Shape, data: ArrayLike<number>): string;
}

/** What a row is told when TensorFlow.js executes it. */
export interface TensorFlowCall<Attributes> {
  readonly tf: TensorFlow;
  readonly attributes: Attributes;
  readonly inputs: readonly Value[];
  readonly result: Value;
}

/** One row of the op table: what an operation does to shapes, to gradients, and how ONNX and TensorFlow.js say it. */
export interface Operation<Attributes = undefined> {
  readonly name: string;
  /** Shape of the result. Throws ShapeError. */
  shape(inputs: readonly Shape[], attributes: Attributes): Shape;
  /** Element type of the result; that of the first input unless given. */
  readonly type?: ElementType;
  /** Gradient for each input from the gradient of the result; null where there is none. Absent: not differentiable. */
  readonly derivative?: (
    gradient: Value,
    inputs: readonly Value[],
    result: Value,
    attributes: Attributes,
  ) => readonly (Value | null)[];
  onnx(
    onnx: OnnxEmitter,
    inputs: readonly string[],
    attributes: Attributes,
    values: { readonly inputs: readonly Value[]; readonly result: Value },
  ): string;
  /** The result of operands as a new tensor, never one of them. What else it makes is freed for it. */
  tensorFlow(call: TensorFlowCall<Attributes>, ...operands: TfTensor[]): TfTensor;
  /** True where recomputing is dear: the backward program then reads the kept result. */
  readonly keep?: boolean | ((attributes: Attributes) => boolean);
}

/**
 * A symbolic tensor: a node of the graph. Values point to their inputs, so a graph is simply what its results reach.
 * Immutable, except that building one draws an id.
 */
export interface Value {
  /** Grows in order of construction, so it is also a topological order. */
  readonly id: number;
  readonly operation: string;
  readonly inputs: readonly Value[];
  readonly shape: Shape;
  readonly type: ElementType;
  readonly keep: boolean;
  /** Set for graph inputs only. */
  readonly inputName?: string;
  readonly derivative: ((gradient: Value) => readonly (Value | null)[]) | undefined;
  onnx(onnx: OnnxEmitter, inputs: readonly string[]): string;
  tensorFlow(tf: TensorFlow, operands: readonly TfTensor[]): TfTensor;
}

/** Operands that do not fit together: a bug in the code that builds the graph. */
export class ShapeError extends Error {
  override readonly name = 'ShapeError';
}

let nextId = 0;

/** Applies a row of the op table to values. */
export function apply<Attributes>(
  operation: Operation<Attributes>,
  inputs: readonly Value[],
  attributes: Attributes,
): Value {
  const shape = operation.shape(
    inputs.map((input) => input.shape),
    attributes,
  );
  const { derivative, keep = false } = operation;
  const result: Value = {
    id: nextId++,
    operation: operation.name,
    inputs,
    shape,
    type: operation.type ?? inputs[0]?.type ?? 'float32',
    keep: typeof keep === 'function' ? keep(attributes) : keep,
    derivative: derivative && ((gradient) => derivative(gradient, inputs, result, attributes)),
    onnx: (onnx, names) => operation.onnx(onnx, names, attributes, { inputs, result }),
    tensorFlow: (tf, operands) => operation.tensorFlow({ tf, attributes, inputs, result }, ...operands),
  };
  return result;
}

/** A named input of a program. */
export function input(name: string, shape: Shape, type: ElementType = 'float32'): Value {
  return {
    id: nextId++,
    operation: 'input',
    inputs: [],
    shape,
    type,
    keep: true,
    inputName: name,
    derivative: undefined,
    onnx: () => name,
    tensorFlow: () => {
      throw new Error(`the input "${name}" is not computed`);
    },
  };
}

/** A constant inside a program; small tables only, large arrays are inputs. */
export function constant(shape: Shape, data: ArrayLike<number>, type: ElementType = 'float32'): Value {
  if (sizeOf(shape) !== data.length)
    throw new ShapeError(`constant of shape [${shape.join(', ')}] with ${data.length} entries`);
  return {
    id: nextId++,
    operation: 'constant',
    inputs: [],
    shape,
    type,
    keep: false,
    derivative: undefined,
    onnx: (onnx) => onnx.constant(type, shape, data),
    tensorFlow: (tf) =>
      tf.tensor(type === 'int64' ? Int32Array.from(data) : Float32Array.from(data), shape, tfType(type)),
  };
}

/** Bytes are whole numbers that float32 holds exactly; indices are below 2³¹. */
export function tfType(type: ElementType): TfType {
  return type === 'int64' ? 'int32' : 'float32';
}

export function sizeOf(shape: Shape): number {
  return shape.reduce((size, length) => size * length, 1);
}

export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((length, axis) => length === b[axis]);
}

/** Length of an axis; negative axes count from the end. Throws ShapeError beyond the rank. */
export function lengthOf(shape: Shape, axis: number): number {
  const length = shape.at(axis);
  if (length === undefined) throw new ShapeError(`axis ${axis} of shape [${shape.join(', ')}]`);
  return length;
}
