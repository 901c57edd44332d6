import { transpose } from './dense';

/**
 * Singular values by one-sided Jacobi rotations (Golub & Van Loan, §8.6.3): slow, very accurate, and without a line in
 * common with the bidiagonal method that it checks.
 */
export function jacobiSingularValues(a: Float32Array | Float64Array, rows: number, cols: number): Float64Array {
  if (cols > rows) return jacobiSingularValues(transpose(a, rows, cols), cols, rows);
  const columns = Array.from({ length: cols }, (_, j) =>
    Float64Array.from({ length: rows }, (_, i) => a[i * cols + j]!),
  );
  const dot = (x: Float64Array, y: Float64Array): number => x.reduce((sum, value, i) => sum + value * y[i]!, 0);
  for (let sweep = 0, rotated = true; rotated; sweep++) {
    if (sweep === 60) throw new Error('Jacobi rotations did not converge');
    rotated = false;
    for (let p = 0; p < cols; p++) {
      for (let q = p + 1; q < cols; q++) {
        const x = columns[p]!;
        const y = columns[q]!;
        const xx = dot(x, x);
        const yy = dot(y, y);
        const xy = dot(x, y);
        if (Math.abs(xy) <= 1e-15 * Math.sqrt(xx * yy) || xy * xy === 0) continue;
        rotated = true;
        const zeta = (yy - xx) / (2 * xy);
        const t = (zeta < 0 ? -1 : 1) / (Math.abs(zeta) + Math.hypot(1, zeta));
        const c = 1 / Math.hypot(1, t);
        for (let i = 0; i < rows; i++) {
          const xi = x[i]!;
          x[i] = c * (xi - t * y[i]!);
          y[i] = c * (y[i]! + t * xi);
        }
      }
    }
  }
  return Float64Array.from(columns, (column) => Math.sqrt(dot(column, column)))
    .sort()
    .reverse();
}
