/** How many dimensions a matrix uses, each measure from its singular values σ₁ ≥ σ₂ ≥ … ≥ 0; all 0 for the zero matrix. */
export interface RankMeasures {
  readonly effectiveRank: number;
  readonly stableRank: number;
  readonly countAbove: number;
  readonly energyRank: number;
  readonly frobenius: number;
}

/** The absolute threshold of the ReLoRA and MoRA rank plots (Jiang et al. 2024 (MoRA), Fig. 5). */
export const DEFAULT_THRESHOLD = 0.1;
/** Share of Σσ² in Biderman et al. 2024, "LoRA Learns Less and Forgets Less". */
export const DEFAULT_ENERGY_SHARE = 0.9;

/**
 * Every measure at once; `threshold` is that of {@link countAbove}. Where only the largest values are known, `norm` is
 * ‖A‖_F of the whole matrix: effective rank and count are then at most the true ones, the energy rank counts all that are
 * known where they do not hold the share, and the stable rank is exact.
 */
export function rankMeasures(
  singularValues: Float64Array,
  { threshold, norm }: { readonly threshold?: number; readonly norm?: number } = {},
): RankMeasures {
  const largest = singularValues[0] ?? 0;
  const total = norm === undefined || largest === 0 ? undefined : (norm / largest) ** 2;
  return {
    effectiveRank: effectiveRank(singularValues),
    stableRank: total ?? stableRank(singularValues),
    countAbove: countAbove(singularValues, threshold),
    energyRank: energyRank(singularValues, DEFAULT_ENERGY_SHARE, total),
    frobenius: norm ?? frobenius(singularValues),
  };
}

/**
 * exp(−Σ pᵢ ln pᵢ) with pᵢ = σᵢ / Σσ: the exponential of the spectrum's entropy, between 1 and the rank
 * (Roy & Vetterli 2007, "The effective rank: a measure of effective dimensionality").
 *
 * Of the k largest values alone it is at most that of all: one more value of share t, none larger than those before it,
 * makes H into h(t) + (1 − t) H with the binary entropy h, and H ≤ ln k ≤ ln((1 − t)/t), so that t H ≤ h(t).
 */
export function effectiveRank(singularValues: Float64Array): number {
  let sum = 0;
  for (const sigma of singularValues) sum += sigma;
  if (sum === 0) return 0;
  let entropy = 0;
  for (const sigma of singularValues) {
    const p = sigma / sum;
    if (p > 0) entropy -= p * Math.log(p);
  }
  return Math.exp(entropy);
}

/** ‖A‖²_F / ‖A‖²₂ = Σσ² / σ₁², at most the rank (Rudelson & Vershynin 2007). */
export function stableRank(singularValues: Float64Array): number {
  const largest = singularValues[0] ?? 0;
  if (largest === 0) return 0;
  let sum = 0;
  for (const sigma of singularValues) sum += (sigma / largest) ** 2;
  return sum;
}

/** How many σ exceed the absolute `threshold`. Depends on the scale of the matrix, unlike the other measures. */
export function countAbove(singularValues: Float64Array, threshold: number = DEFAULT_THRESHOLD): number {
  let count = 0;
  for (const sigma of singularValues) if (sigma > threshold) count++;
  return count;
}

/**
 * The smallest k whose first k values hold at least `share` of Σσ², which is `total`·σ₁²; the number of values where all
 * together do not.
 */
export function energyRank(
  singularValues: Float64Array,
  share: number = DEFAULT_ENERGY_SHARE,
  total: number = stableRank(singularValues),
): number {
  if (total === 0) return 0;
  const largest = singularValues[0] ?? 0;
  let sum = 0;
  for (let k = 0; k < singularValues.length; k++) {
    sum += ((singularValues[k] as number) / largest) ** 2;
    if (sum >= share * total) return k + 1;
  }
  return singularValues.length;
}

/** ‖A‖_F = √Σσ². */
export function frobenius(singularValues: Float64Array): number {
  return (singularValues[0] ?? 0) * Math.sqrt(stableRank(singularValues));
}
