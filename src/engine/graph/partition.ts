import { operands, withoutUnusedInputs, type Program } from './program';
import type { Value } from './value';

/**
 * What the forward program leaves for the backward program:
 * - products: results that are dear to recompute (products, reductions, attention); element-wise results are recomputed;
 * - nothing: the inputs only; the backward program runs the forward part again (activation checkpointing).
 */
export type Keep = 'products' | 'nothing';

export interface JointGraph {
  /** Every input of forward and backward by name: activations, weights, parameters, arriving gradients. */
  readonly inputs: ReadonlyMap<string, Value>;
  readonly outputs: ReadonlyMap<string, Value>;
  readonly gradients: ReadonlyMap<string, Value>;
  /** Those inputs that differ from token to token. Only what depends on them is worth keeping. */
  readonly activations: readonly Value[];
}

export interface SplitGraph {
  readonly forward: Program;
  readonly backward: Program;
  /** The results that forward gives out and backward takes in, by name. */
  readonly kept: ReadonlyMap<string, Value>;
}

/** Splits a graph with its gradients into a forward and a backward program. */
export function partition(joint: JointGraph, keep: Keep): SplitGraph {
  const named = new Map([...joint.inputs].map(([name, value]) => [value, name]));
  const forwardValues = ancestors(joint.outputs.values(), named);
  const activations = new Set(joint.activations);
  const varies = memoised((value, self) => activations.has(value) || operands(value).some(self));
  const kept = new Map<Value, string>();
  const backwardInputs = new Map<string, Value>();
  const seen = new Set<Value>();
  const pending = [...joint.gradients.values()];
  for (let value = pending.pop(); value !== undefined; value = pending.pop()) {
    if (seen.has(value)) continue;
    seen.add(value);
    const name = named.get(value);
    if (name !== undefined) {
      backwardInputs.set(name, value);
    } else if (keep === 'products' && value.keep && forwardValues.has(value) && varies(value)) {
      const keptName = `kept.${kept.size}`;
      kept.set(value, keptName);
      backwardInputs.set(keptName, value);
    } else {
      pending.push(...operands(value));
    }
  }
  const keptByName = new Map([...kept].map(([value, name]) => [name, value]));
  return {
    forward: withoutUnusedInputs({ inputs: joint.inputs, outputs: new Map([...joint.outputs, ...keptByName]) }),
    backward: { inputs: backwardInputs, outputs: joint.gradients },
    kept: keptByName,
  };
}

function ancestors(results: Iterable<Value>, stop: ReadonlyMap<Value, string>): Set<Value> {
  const found = new Set<Value>();
  const pending = [...results];
  for (let value = pending.pop(); value !== undefined; value = pending.pop()) {
    if (found.has(value)) continue;
    found.add(value);
    if (!stop.has(value)) pending.push(...operands(value));
  }
  return found;
}

function memoised(test: (value: Value, self: (value: Value) => boolean) => boolean): (value: Value) => boolean {
  const known = new Map<Value, boolean>();
  const self = (value: Value): boolean => {
    const answer = known.get(value) ?? test(value, self);
    known.set(value, answer);
    return answer;
  };
  return self;
}
