/** A stretch of an axis. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** Zooming stops here, where the digits of an axis would run out. */
const NARROWEST = 1e-9;

/** `span` made `factor` times as wide around `center`, never wider than `limits` nor outside them. */
export function zoomed(span: Span, factor: number, center: number, limits: Span): Span {
  const width = (span.to - span.from) * factor;
  if (width < NARROWEST * Math.max(1, Math.abs(center))) return span;
  if (width >= limits.to - limits.from) return limits;
  const from = center - (center - span.from) * factor;
  return inside({ from, to: from + width }, limits);
}

/** `span` moved by `distance`, but not out of `limits`. */
export function panned(span: Span, distance: number, limits: Span): Span {
  return inside({ from: span.from + distance, to: span.to + distance }, limits);
}

/** `span` pushed back between the limits with its width kept; cut when it is wider than they are. */
function inside(span: Span, limits: Span): Span {
  const width = span.to - span.from;
  if (width >= limits.to - limits.from) return limits;
  if (span.from < limits.from) return { from: limits.from, to: limits.from + width };
  if (span.to > limits.to) return { from: limits.to - width, to: limits.to };
  return span;
}
