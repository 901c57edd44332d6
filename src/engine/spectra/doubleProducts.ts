import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { message, text, type Write } from '../runtime/protobuf';
import { threadCount } from '../runtime/threads';

/** Row-major. */
export interface DoubleMatrix {
  readonly rows: number;
  readonly cols: number;
  readonly values: Float64Array;
}

export interface Transposed {
  readonly a?: boolean;
  readonly b?: boolean;
}

/**
 * Products of large float64 matrices by ONNX Runtime, several times as fast as a loop here. Training's programs know no
 * float64; spectra need it: float32 products lose every σ below 10⁻⁷ σ₁, and most of what is between small ones.
 */
export interface DoubleProducts {
  /** A B, of the transposed where asked for. */
  times(a: DoubleMatrix, b: DoubleMatrix, transposed?: Transposed): Promise<DoubleMatrix>;
  /** Dispose when done. */
  dispose(): Promise<void>;
}

export function doubleProducts(): DoubleProducts {
  const sessions = new Map<string, Promise<InferenceSession>>();
  const sessionFor = (transA: boolean, transB: boolean): Promise<InferenceSession> => {
    const key = `${transA} ${transB}`;
    const session =
      sessions.get(key) ??
      InferenceSession.create(gemmModel(transA, transB), {
        executionProviders: ['cpu'],
        intraOpNumThreads: threadCount(),
        // A matrix comes once: what a session keeps of it would only stay in memory.
        enableCpuMemArena: false,
      });
    sessions.set(key, session);
    return session;
  };
  return {
    times: async (a, b, { a: transA = false, b: transB = false } = {}) => {
      const session = await sessionFor(transA, transB);
      const { y } = await session.run({ a: tensor(a), b: tensor(b) });
      if (!(y?.data instanceof Float64Array)) throw new Error('a product of float64 matrices is no float64 matrix');
      return { rows: transA ? a.cols : a.rows, cols: transB ? b.rows : b.cols, values: y.data };
    },
    dispose: async () => {
      for (const session of sessions.values()) await (await session).release();
      sessions.clear();
    },
  };
}

function tensor({ rows, cols, values }: DoubleMatrix): Tensor {
  return new Tensor('float64', values, [rows, cols]);
}

const FLOAT64 = 11;
const INT = 2;

/** A model of one Gemm over float64 matrices of any size (messages and field numbers of onnx.proto3, ONNX 1.17). */
function gemmModel(transA: boolean, transB: boolean): Uint8Array {
  const model = new BinaryWriter();
  model.tag(1, WireType.Varint).int64(9);
  message(model, 7, (graph) => {
    message(graph, 1, (node) => {
      text(node, 1, 'a');
      text(node, 1, 'b');
      text(node, 2, 'y');
      text(node, 4, 'Gemm');
      for (const [name, value] of Object.entries({ transA, transB })) {
        message(node, 5, (attribute) => {
          text(attribute, 1, name);
          attribute.tag(3, WireType.Varint).int64(value ? 1 : 0);
          attribute.tag(20, WireType.Varint).int32(INT);
        });
      }
    });
    text(graph, 2, 'product');
    for (const name of ['a', 'b']) message(graph, 11, matrixInfo(name));
    message(graph, 12, matrixInfo('y'));
  });
  message(model, 8, (opset) => {
    text(opset, 1, '');
    opset.tag(2, WireType.Varint).int64(20);
  });
  return model.finish();
}

/** A float64 matrix whose sides only have names. */
function matrixInfo(name: string): Write {
  return (info) => {
    text(info, 1, name);
    message(info, 2, (type) => {
      message(type, 1, (matrix) => {
        matrix.tag(1, WireType.Varint).int32(FLOAT64);
        message(matrix, 2, (shape) => {
          for (const side of ['rows', 'cols']) message(shape, 1, (dimension) => text(dimension, 2, `${name} ${side}`));
        });
      });
    });
  };
}
