import { sizeOf, type ElementType, type Value } from '../../src/engine/graph/value';
import { onnxRuntime } from '../../src/engine/runtime/onnxruntime';
import type { Runtime, TensorData } from '../../src/engine/runtime/runtime';

export const runtime = onnxRuntime({ threads: 1 });

/** Values of graph results for given inputs, by ONNX Runtime unless another is given. */
export async function compiled(
  inputs: readonly Value[],
  results: readonly Value[],
  on: Runtime = runtime,
): Promise<{ run(data: readonly TensorData[]): Promise<TensorData[]>; dispose(): Promise<void> }> {
  const program = await on.compile({
    inputs: new Map(inputs.map((value) => [value.inputName!, value])),
    outputs: new Map(results.map((value, index) => [`result${index}`, value])),
  });
  return {
    run: async (data) => {
      const feeds = Object.fromEntries(inputs.map((value, i) => [value.inputName!, on.tensor(data[i]!, value.shape)]));
      const outputs = results.map((value) => {
        const size = sizeOf(value.shape);
        return on.tensor(arrayOf(value.type, size), value.shape);
      });
      await program.run(feeds, Object.fromEntries(outputs.map((tensor, index) => [`result${index}`, tensor])));
      return outputs.map(({ data: values }) => values);
    },
    dispose: () => program.dispose(),
  };
}

function arrayOf(type: ElementType, size: number): TensorData {
  switch (type) {
    case 'float32':
      return new Float32Array(size);
    case 'int64':
      return new BigInt64Array(size);
    case 'int8':
      return new Int8Array(size);
    case 'uint8':
      return new Uint8Array(size);
  }
}
