const EIGHTHS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'] as const;

/** A share (0 to 1) as a bar of `columns` cells. */
export function progressBar(share: number, columns: number): string {
  const filled = Math.round(Math.min(1, Math.max(0, share)) * columns);
  return '█'.repeat(filled) + '░'.repeat(columns - filled);
}

/** A curve in one line of at most `columns` cells, each the mean of its part, from the least value to the largest. */
export function sparkline(values: readonly number[], columns: number): string {
  const means = bins(values, Math.min(columns, values.length)).map(mean);
  const least = Math.min(...means);
  const span = Math.max(...means) - least;
  return means.map((value) => eighth(span === 0 ? 0 : (value - least) / span)).join('');
}

/**
 * A singular spectrum as bars of σ/σ₁ over all `dimensions` that ΔW could have; a dot where it has none,
 * so that a spectrum that stops at a low rank is seen to stop.
 */
export function spectrumBar(singularValues: readonly number[], dimensions: number, columns: number): string {
  const largest = singularValues[0] ?? 0;
  const all = Array.from({ length: dimensions }, (_, index) => singularValues[index] ?? 0);
  return bins(all, Math.min(columns, dimensions))
    .map((part) => {
      const share = largest > 0 ? Math.max(...part) / largest : 0;
      // Below float32's resolution of the largest value, a singular value is zero.
      return share < 1e-6 ? '·' : eighth(share);
    })
    .join('');
}

/** A block of a height from 0 to 1. */
export function eighth(share: number): string {
  return EIGHTHS[Math.min(EIGHTHS.length - 1, Math.floor(share * EIGHTHS.length))] ?? '█';
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Cuts values into `parts` neighbouring, nearly equal, non-empty parts. */
function bins(values: readonly number[], parts: number): number[][] {
  return Array.from({ length: parts }, (_, part) =>
    values.slice(Math.floor((part * values.length) / parts), Math.floor(((part + 1) * values.length) / parts)),
  );
}
