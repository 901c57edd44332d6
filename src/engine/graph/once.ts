import type { Value } from './value';

/** `build`, which builds the graph for a value once and gives the same one again: what both passes use is then kept. */
export function once(build: (x: Value) => Value): (x: Value) => Value {
  const built = new WeakMap<Value, Value>();
  return (x) => {
    const known = built.get(x) ?? build(x);
    built.set(x, known);
    return known;
  };
}
