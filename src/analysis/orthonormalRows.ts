/**
 * Makes the rows of `block` [count, width] orthonormal to the rows of `basis` [·, width], which are orthonormal, and to
 * each other, in place. Returns how many are left: a row that the others already span, but for `tolerance` of its
 * length, is left out, and the rest move up. Classical Gram-Schmidt, done twice, which is enough for float64 (Giraud,
 * Langou, Rozložník & van den Eshof 2005).
 */
export function orthonormalRows(basis: Float64Array, block: Float64Array, width: number, tolerance: number): number {
  let kept = 0;
  for (let from = 0; from < block.length; from += width) {
    const row = block.subarray(from, from + width);
    const before = norm(row);
    if (before === 0) continue;
    for (let pass = 0; pass < 2; pass++) {
      removeRows(basis, row);
      removeRows(block.subarray(0, kept * width), row);
    }
    const after = norm(row);
    if (after <= tolerance * before) continue;
    const target = block.subarray(kept * width, (kept + 1) * width);
    for (let i = 0; i < width; i++) target[i] = (row[i] as number) / after;
    kept++;
  }
  return kept;
}

/** x −= Σ (q · x) q over the rows q. */
function removeRows(rows: Float64Array, x: Float64Array): void {
  const width = x.length;
  for (let from = 0; from < rows.length; from += width) {
    let dot = 0;
    for (let i = 0; i < width; i++) dot += (rows[from + i] as number) * (x[i] as number);
    for (let i = 0; i < width; i++) x[i] = (x[i] as number) - dot * (rows[from + i] as number);
  }
}

function norm(x: Float64Array): number {
  let sum = 0;
  for (const value of x) sum += value * value;
  return Math.sqrt(sum);
}
