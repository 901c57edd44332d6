/** What an op of ONNX Runtime spends its time on. */
export type OpKind =
  | 'integer products'
  | 'float32 products'
  | 'element-wise'
  | 'reductions and norms'
  | 'copies and layout'
  | 'quantisation';

/** In the order of a table. */
export const OP_KINDS: Readonly<Record<OpKind, readonly string[]>> = {
  'integer products': ['MatMulInteger', 'MatMulIntegerToFloat', 'DynamicQuantizeMatMul'],
  'float32 products': ['MatMul', 'FusedMatMul', 'Gemm', 'FusedGemm'],
  'element-wise': [
    ...['Abs', 'Add', 'Clip', 'Div', 'Equal', 'Exp', 'Greater', 'Less', 'Log', 'Max', 'Min', 'Mul', 'Neg', 'Pow'],
    ...['Reciprocal', 'Sqrt', 'Sub', 'Where'],
    ...['BiasGelu', 'Gelu', 'QuickGelu', 'RotaryEmbedding', 'Sigmoid', 'Tanh'],
  ],
  'reductions and norms': [
    ...['ArgMax', 'ReduceLogSumExp', 'ReduceMax', 'ReduceMean', 'ReduceMin', 'ReduceSum', 'ReduceSumSquare'],
    ...['LayerNormalization', 'SimplifiedLayerNormalization', 'SkipSimplifiedLayerNormalization', 'Softmax'],
  ],
  'copies and layout': [
    ...['Cast', 'Concat', 'Expand', 'Gather', 'GatherElements', 'Identity', 'Pad', 'Reshape', 'ScatterND', 'Slice'],
    ...['Range', 'Size', 'Split', 'Squeeze', 'Tile', 'Transpose', 'Unsqueeze'],
    // The output that stops the binding's copies, see runtime/onnxModel.ts.
    'SequenceEmpty',
  ],
  quantisation: ['DequantizeLinear', 'DynamicQuantizeLinear', 'QuantizeLinear'],
};

const KINDS = new Map(
  Object.entries(OP_KINDS).flatMap(([kind, ops]) => ops.map((op) => [op, kind as OpKind] as const)),
);

/** The kind of an op by its type. Throws for one that no kind names, so that no time is lost from a table. */
export function opKind(op: string): OpKind {
  const kind = KINDS.get(op);
  if (kind === undefined) throw new RangeError(`"${op}" has no kind: give it one in bench/opKinds.ts`);
  return kind;
}
