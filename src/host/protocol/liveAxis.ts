/**
 * Where an axis of this width ends that follows a run to its newest place: there or a little further, by a 64th of the
 * width at most. It moves on in steps, so that from one update to the next the axis stays as it is, and of a curve all
 * but its end.
 */
export function liveEnd(newest: number, width: number): number {
  if (!(width > 0)) return newest;
  const step = 2 ** Math.ceil(Math.log2(width)) / 128;
  return Math.ceil(newest / step) * step;
}

/** What an axis of this width shows of a run that it follows. */
export function liveSpan(newest: number, width: number): { readonly from: number; readonly to: number } {
  const to = liveEnd(newest, width);
  return { from: to - width, to };
}
