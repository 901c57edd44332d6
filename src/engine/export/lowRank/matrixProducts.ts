import { product } from '../../graph/ops/contraction';
import { input } from '../../graph/value';
import { onnxRuntime } from '../../runtime/onnxruntime';
import { ProgramCache } from '../../runtime/programCache';
import { threadCount } from '../../runtime/threads';

/** A matrix, row-major. */
export interface Matrix {
  readonly rows: number;
  readonly cols: number;
  readonly values: Float32Array;
}

/** Dense products in float32 by the runtime; a program a shape. Dispose it when done. */
export interface MatrixProducts {
  /** A B, or A Bᵀ with `transposeB`. */
  times(a: Matrix, b: Matrix, options?: { readonly transposeB: boolean }): Promise<Matrix>;
  dispose(): Promise<void>;
}

export function matrixProducts(): MatrixProducts {
  const runtime = onnxRuntime({ threads: threadCount() });
  const programs = new ProgramCache(runtime);
  return {
    times: async (a, b, { transposeB } = { transposeB: false }) => {
      const rows = a.rows;
      const cols = transposeB ? b.rows : b.cols;
      const key = `${a.rows}x${a.cols} ${b.rows}x${b.cols} ${transposeB}`;
      const program = await programs.get(key, () => {
        const left = input('a', [a.rows, a.cols]);
        const right = input('b', [b.rows, b.cols]);
        return {
          inputs: new Map([
            ['a', left],
            ['b', right],
          ]),
          outputs: new Map([['y', product(left, right, { transposeB })]]),
        };
      });
      const values = new Float32Array(rows * cols);
      await program.run(
        { a: runtime.tensor(a.values, [a.rows, a.cols]), b: runtime.tensor(b.values, [b.rows, b.cols]) },
        { y: runtime.tensor(values, [rows, cols]) },
      );
      return { rows, cols, values };
    },
    dispose: () => programs.dispose(),
  };
}
