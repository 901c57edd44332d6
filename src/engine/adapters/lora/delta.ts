/** scale · B A [dOut, dIn] of `b` [dOut, rank] and `a` [rank, dIn] (Hu et al. 2021 (LoRA), Eq. 3). */
export function loraDeltaWeight(
  dIn: number,
  dOut: number,
  rank: number,
  scale: number,
  a: Float32Array,
  b: Float32Array,
): Float32Array {
  const delta = new Float32Array(dOut * dIn);
  const row = new Float64Array(dIn);
  for (let i = 0; i < dOut; i++) {
    row.fill(0);
    for (let r = 0; r < rank; r++) {
      const factor = scale * (b[i * rank + r] as number);
      for (let j = 0; j < dIn; j++) row[j] = (row[j] as number) + factor * (a[r * dIn + j] as number);
    }
    delta.set(row, i * dIn);
  }
  return delta;
}
