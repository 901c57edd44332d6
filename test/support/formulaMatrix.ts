/** The matrix of test/fixtures/spectra/make.py, row-major: the formula is the same there. */
export function formulaMatrix(seed: number, rows: number, cols: number): Float64Array {
  return Float64Array.from({ length: rows * cols }, (_, at) => {
    const [i, j] = [Math.floor(at / cols), at % cols];
    return Math.sin(seed + 1.7 * i * i + 2.3 * j + 0.9 * i * j);
  });
}

function unit(seed: number, length: number): Float64Array {
  const vector = formulaMatrix(seed, length, 1);
  const norm = Math.hypot(...vector);
  return vector.map((x) => x / norm);
}

/** ΔW of make.py: two strong directions and a weak rest of full rank. */
export function formulaDelta(rows: number, cols: number): Float64Array {
  const [a, b, c, d] = [unit(5, rows), unit(6, cols), unit(7, rows), unit(8, cols)];
  const rest = formulaMatrix(9, rows, cols);
  return rest.map((x, at) => {
    const [i, j] = [Math.floor(at / cols), at % cols];
    return 30 * a[i]! * b[j]! + 12 * c[i]! * d[j]! + 0.05 * x;
  });
}
