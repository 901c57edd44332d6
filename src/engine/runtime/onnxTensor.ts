import { Tensor } from 'onnxruntime-node';
import type { Shape } from '../graph/value';
import { elementType, requireEntries } from './hostData';
import type { HostTensor, TensorData } from './runtime';

/** Ordinary memory as ONNX Runtime sees it. */
export class OnnxHostTensor implements HostTensor {
  readonly type;
  readonly onnx: Tensor;

  constructor(
    readonly data: TensorData,
    readonly shape: Shape,
  ) {
    requireEntries(data, shape);
    this.type = elementType(data);
    this.onnx = new Tensor(this.type, data, [...shape]);
  }
}
