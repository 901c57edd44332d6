import { add } from './ops/elementwise';
import { sameShape, ShapeError, type Value } from './value';

/**
 * Reverse-mode gradient: for a result and the gradient that arrives at it, the gradient of each value in `wanted`
 * (null where the result does not depend on it). Only paths that lead to a wanted value are differentiated.
 */
export function gradient(result: Value, seed: Value, wanted: readonly Value[]): (Value | null)[] {
  if (!sameShape(result.shape, seed.shape)) {
    throw new ShapeError(`gradient [${seed.shape.join(', ')}] for a result [${result.shape.join(', ')}]`);
  }
  const relevant = leadingTo(result, new Set(wanted));
  const gradients = new Map<Value, Value>([[result, seed]]);
  // Ids are a topological order, so descending ids visit every use of a value before the value itself.
  const order = [...relevant].sort((a, b) => b.id - a.id);
  for (const value of order) {
    const arrived = gradients.get(value);
    if (arrived === undefined || value.inputs.length === 0) continue;
    if (!value.inputs.some((input) => relevant.has(input))) continue;
    if (value.derivative === undefined) throw new ShapeError(`"${value.operation}" has no derivative`);
    const parts = value.derivative(arrived);
    value.inputs.forEach((input, index) => {
      const part = parts[index];
      if (part === null || part === undefined || !relevant.has(input)) return;
      const before = gradients.get(input);
      gradients.set(input, before === undefined ? part : add(before, part));
    });
  }
  return wanted.map((value) => gradients.get(value) ?? null);
}

/** The values on some path from `wanted` to the result. */
function leadingTo(result: Value, wanted: ReadonlySet<Value>): Set<Value> {
  const leads = new Map<Value, boolean>();
  const visit = (value: Value): boolean => {
    const known = leads.get(value);
    if (known !== undefined) return known;
    let found = wanted.has(value);
    for (const input of value.inputs) found = visit(input) || found;
    leads.set(value, found);
    return found;
  };
  visit(result);
  return new Set([...leads].filter(([, found]) => found).map(([value]) => value));
}
