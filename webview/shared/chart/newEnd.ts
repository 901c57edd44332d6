import { isDense, type Line } from './lines';

/**
 * From which place of the x-axis on `next` looks other than `drawn` in the same frame: from −∞ when all does, from ∞ when
 * nothing does. A step more in a run of a hundred thousand changes no more than the end of its curves.
 *
 * @param width of the frame in pixels
 */
export function changedFrom(drawn: readonly Line[], next: readonly Line[], width: number): number {
  if (drawn === next) return Infinity;
  if (drawn.length !== next.length) return -Infinity;
  const places = next.map((line, index) => lineChangedFrom(drawn[index] ?? line, line, width));
  return Math.min(Infinity, ...places);
}

function lineChangedFrom(drawn: Line, next: Line, width: number): number {
  if (!isSameStyle(drawn, next) || isDense(drawn, width) !== isDense(next, width)) return -Infinity;
  const [before, after] = [drawn.points, next.points];
  const least = Math.min(before.x.length, after.x.length);
  let index = 0;
  while (index < least && before.x[index] === after.x[index] && Object.is(before.y[index], after.y[index])) index++;
  if (index === before.x.length && index === after.x.length) return Infinity;
  // From the last point that stayed on, for there the line leaves for another one.
  return after.x[index - 1] ?? -Infinity;
}

function isSameStyle(one: Line, other: Line): boolean {
  return (
    one.color === other.color &&
    one.width === other.width &&
    one.dots === other.dots &&
    one.fill === other.fill &&
    one.dash?.join() === other.dash?.join()
  );
}
