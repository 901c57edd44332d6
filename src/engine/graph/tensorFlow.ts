/** A tensor of TensorFlow.js. */
export interface TfTensor {
  readonly shape: readonly number[];
}

/** What TensorFlow.js holds entries in: it has no bytes and no 64-bit integers. */
export type TfType = 'float32' | 'int32';

/**
 * The functions of TensorFlow.js that the rows of the op table use, as its documentation has them
 * (js.tensorflow.org/api/4.22.0). The graph needs nothing of it installed: whoever executes a program hands it in.
 */
export interface TensorFlow {
  tensor(values: Float32Array | Int32Array, shape: readonly number[], type: TfType): TfTensor;
  range(start: number, stop: number, step: number, type: TfType): TfTensor;
  /** Another handle on the same entries. */
  clone(x: TfTensor): TfTensor;
  cast(x: TfTensor, type: TfType): TfTensor;

  add(a: TfTensor, b: TfTensor | number): TfTensor;
  sub(a: TfTensor, b: TfTensor | number): TfTensor;
  mul(a: TfTensor, b: TfTensor | number): TfTensor;
  div(a: TfTensor, b: TfTensor): TfTensor;
  maximum(a: TfTensor, b: number): TfTensor;
  minimum(a: TfTensor, b: number): TfTensor;
  equal(a: TfTensor, b: TfTensor): TfTensor;
  abs(x: TfTensor): TfTensor;
  square(x: TfTensor): TfTensor;
  rsqrt(x: TfTensor): TfTensor;
  sigmoid(x: TfTensor): TfTensor;
  tanh(x: TfTensor): TfTensor;
  /** Halves go to the even neighbour. */
  round(x: TfTensor): TfTensor;

  sum(x: TfTensor, axes: readonly number[], keepAxes: boolean): TfTensor;
  mean(x: TfTensor, axis: number, keepAxis: boolean): TfTensor;
  max(x: TfTensor, axis: number, keepAxis: boolean): TfTensor;
  /** The first among equals. */
  argMax(x: TfTensor, axis: number): TfTensor;
  softmax(x: TfTensor, axis: number): TfTensor;
  logSumExp(x: TfTensor, axis: number, keepAxis: boolean): TfTensor;

  reshape(x: TfTensor, shape: readonly number[]): TfTensor;
  transpose(x: TfTensor, permutation: readonly number[]): TfTensor;
  broadcastTo(x: TfTensor, shape: readonly number[]): TfTensor;
  slice(x: TfTensor, begin: readonly number[], size: readonly number[]): TfTensor;
  pad(x: TfTensor, beforeAndAfter: ReadonlyArray<readonly [number, number]>): TfTensor;
  concat(parts: readonly TfTensor[], axis: number): TfTensor;

  matMul(a: TfTensor, b: TfTensor, transposeA: boolean, transposeB: boolean): TfTensor;
  gather(x: TfTensor, indices: TfTensor, axis: number): TfTensor;
  gatherND(x: TfTensor, indices: TfTensor): TfTensor;
  /** Entries at equal indices add up. */
  scatterND(indices: TfTensor, entries: TfTensor, shape: readonly number[]): TfTensor;
}
