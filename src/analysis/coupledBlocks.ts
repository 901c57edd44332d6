import type { Reals } from './arithmetic';

/** A matrix [rows, cols], row-major. */
export interface Block {
  readonly rows: number;
  readonly cols: number;
  readonly values: Reals;
}

/** Two blocks of one precision, one above the other, that have their first `shared` columns in common and no other: [A₀ A₁ 0; B₀ 0 B₁]. */
export interface CoupledBlocks {
  readonly upper: Block;
  readonly lower: Block;
  readonly shared: number;
}

/** Both as one matrix: the columns of the upper block, then those that the lower has alone. */
export function joined({ upper, lower, shared }: CoupledBlocks): Block {
  const rows = upper.rows + lower.rows;
  const cols = upper.cols + lower.cols - shared;
  const { values: like } = upper;
  const values = like instanceof Float32Array ? new Float32Array(rows * cols) : new Float64Array(rows * cols);
  for (let i = 0; i < upper.rows; i++)
    values.set(upper.values.subarray(i * upper.cols, (i + 1) * upper.cols), i * cols);
  for (let i = 0; i < lower.rows; i++) {
    const row = lower.values.subarray(i * lower.cols, (i + 1) * lower.cols);
    const to = (upper.rows + i) * cols;
    values.set(row.subarray(0, shared), to);
    values.set(row.subarray(shared), to + upper.cols);
  }
  return { rows, cols, values };
}
