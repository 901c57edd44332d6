import type { Value } from './value';

/**
 * A piece of a graph to execute: what goes in, what comes out. Any value may be an input, also one that the graph
 * computes elsewhere: a program stops where its inputs begin.
 */
export interface Program {
  readonly inputs: ReadonlyMap<string, Value>;
  readonly outputs: ReadonlyMap<string, Value>;
}

/** The values a program computes, inputs left out, each after what it needs. */
export function valuesOf(program: Program): Value[] {
  const given = new Set(program.inputs.values());
  const found = new Set<Value>();
  const pending = [...program.outputs.values()];
  for (let value = pending.pop(); value !== undefined; value = pending.pop()) {
    if (given.has(value) || found.has(value)) continue;
    if (value.inputName !== undefined) throw new Error(`the program lacks its input "${value.inputName}"`);
    found.add(value);
    pending.push(...operands(value));
  }
  return [...found].sort((a, b) => a.id - b.id);
}

/** The program without the inputs that it computes nothing from. */
export function withoutUnusedInputs(program: Program): Program {
  const used = new Set([...program.outputs.values(), ...valuesOf(program).flatMap(operands)]);
  return { ...program, inputs: new Map([...program.inputs].filter(([, value]) => used.has(value))) };
}

/**
 * What must be computed for a value. A derived result needs its result only, not the inputs of its derivative, and what comes
 * after others does not need them: it only waits for those that the program computes anyway.
 */
export function operands(value: Value): readonly Value[] {
  return ONLY_THE_FIRST.has(value.operation) ? value.inputs.slice(0, 1) : value.inputs;
}

const ONLY_THE_FIRST: ReadonlySet<string> = new Set(['derived', 'after']);

/** For each of `values`, in the order in which they are computed, those that it is the last to use. */
export function endings(values: readonly Value[]): ReadonlyMap<Value, readonly Value[]> {
  const lastUser = new Map<Value, Value>();
  for (const value of values) for (const operand of operands(value)) lastUser.set(operand, value);
  const ending = new Map<Value, Value[]>();
  for (const [value, user] of lastUser) ending.set(user, [...(ending.get(user) ?? []), value]);
  return ending;
}
