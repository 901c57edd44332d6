const CLOCK_STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 21_600, 43_200, 86_400];

/** Distance of ticks on a time axis, in seconds: a part or a multiple of a minute, an hour or a day. */
export function clockStep(seconds: number, mostTicks: number): number {
  const step = CLOCK_STEPS.find((candidate) => seconds / candidate <= mostTicks);
  return step ?? Math.ceil(seconds / mostTicks / 86_400) * 86_400;
}

/** Places within a decade that an axis may label, from few to many. */
const MANTISSAS = [
  [1],
  [1, 2, 5],
  [1, 2, 3, 4, 5, 6, 7, 8, 9],
  [1, 1.2, 1.4, 1.6, 1.8, 2, 2.2, 2.4, 2.6, 2.8, 3, 3.5, 4, 4.5, 5, 5.5, 6, 6.5, 7, 7.5, 8, 8.5, 9, 9.5],
];

/** Ticks of a logarithmic axis: as many as `mostTicks` allows, at the roundest places. */
export function logarithmicTicks(from: number, to: number, mostTicks: number): number[] {
  if (!(from > 0 && to > from)) return [];
  const every = Math.max(1, Math.ceil(Math.log10(to / from) / mostTicks));
  let ticks: number[] = [];
  for (const mantissas of MANTISSAS) {
    const finer = ticksAt(mantissas, every, from, to);
    if (finer.length > mostTicks && ticks.length > 0) break;
    ticks = finer;
  }
  return ticks;
}

function ticksAt(mantissas: readonly number[], every: number, from: number, to: number): number[] {
  const ticks: number[] = [];
  for (let power = Math.floor(Math.log10(from)); power <= Math.ceil(Math.log10(to)); power++) {
    if (power % every !== 0) continue;
    // Through text, because 10 ** -3 is not quite 0.001.
    for (const mantissa of mantissas) ticks.push(Number(`${mantissa}e${power}`));
  }
  return ticks.filter((tick) => tick >= from && tick <= to);
}
