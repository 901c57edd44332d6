const CLOCK_STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 21_600, 43_200, 86_400];

/** Distance of ticks on a time axis, in seconds: a part or a multiple of a minute, an hour or a day. */
export function clockStep(seconds: number, mostTicks: number): number {
  const step = CLOCK_STEPS.find((candidate) => seconds / candidate <= mostTicks);
  return step ?? Math.ceil(seconds / mostTicks / 86_400) * 86_400;
}

/** Ticks of a logarithmic axis: 1, 2 and 5 of each decade, or only its start where there are many. */
export function logarithmicTicks(from: number, to: number, mostTicks: number): number[] {
  if (!(from > 0 && to > from)) return [];
  const decades = Math.log10(to / from);
  const mantissas = decades * 3 <= mostTicks ? [1, 2, 5] : [1];
  const every = Math.max(1, Math.ceil(decades / mostTicks));
  const ticks: number[] = [];
  for (let power = Math.floor(Math.log10(from)); power <= Math.ceil(Math.log10(to)); power++) {
    if (power % every !== 0) continue;
    // Through text, because 10 ** -3 is not quite 0.001.
    for (const mantissa of mantissas) ticks.push(Number(`${mantissa}e${power}`));
  }
  return ticks.filter((tick) => tick >= from && tick <= to);
}
