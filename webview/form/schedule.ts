export type Schedule = 'constant' | 'linear' | 'cosine';

/** Steps of warm-up: a share of all below 1, a number from 1 on. */
export function warmupSteps(warmup: number, steps: number): number {
  return warmup < 1 ? Math.ceil(warmup * steps) : warmup;
}

/** The learning rate at a step, as a share of its peak: linear warm-up, then the schedule down to zero. */
export function scheduleShare(schedule: Schedule, step: number, steps: number, warmup: number): number {
  const warm = warmupSteps(warmup, steps);
  if (step < warm) return step / warm;
  const progress = steps <= warm ? 0 : (step - warm) / (steps - warm);
  switch (schedule) {
    case 'constant':
      return 1;
    case 'linear':
      return 1 - progress;
    case 'cosine':
      return (1 + Math.cos(Math.PI * progress)) / 2;
  }
}

/** The path of a sparkline of the schedule in a box of the given size, for an SVG. */
export function schedulePath(schedule: Schedule, warmup: number, steps: number, width: number, height: number): string {
  const points = Array.from({ length: width + 1 }, (_, x) => {
    const share = scheduleShare(schedule, (x / width) * steps, steps, warmup);
    return `${x},${((1 - share) * height).toFixed(1)}`;
  });
  return `M${points.join('L')}`;
}
