const CLOCK_STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 21_600, 43_200, 86_400];

/** Distance of ticks on a time axis, in seconds: a part or a multiple of a minute, an hour or a day. */
export function clockStep(seconds: number, mostTicks: number): number {
  const step = CLOCK_STEPS.find((candidate) => seconds / candidate <= mostTicks);
  return step ?? Math.ceil(seconds / mostTicks / 86_400) * 86_400;
}

/** Whether a logarithmic axis labels this tick: 1, 2 and 5 of each decade. */
export function isLabelledOnLogarithm(value: number): boolean {
  const mantissa = value / 10 ** Math.floor(Math.log10(value) + 1e-9);
  return [1, 2, 5].some((labelled) => Math.abs(mantissa - labelled) < 1e-6);
}
