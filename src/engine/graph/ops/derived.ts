import { apply, type Operation, type Value } from '../value';

interface Rule {
  /** Whether recomputing the result is dear. */
  readonly dear: boolean;
  readonly derivative: (gradient: Value, result: Value) => readonly (Value | null)[];
}

/**
 * A result with a derivative of its own. The graph that computes the result stays as it is; gradients go from the
 * result straight to the named inputs by the rule, past everything between. So attention can recompute its
 * probabilities, and an adapter can use the structure of ΔW, where the chain rule alone would not.
 */
export const DERIVED: Operation<Rule> = {
  name: 'derived',
  keep: ({ dear }) => dear,
  shape: ([result = []]) => result,
  derivative: (gradient, _inputs, result, { derivative }) => [null, ...derivative(gradient, result)],
  onnx: (_onnx, [result = '']) => result,
  tensorFlow: ({ tf }, result) => tf.clone(result),
};

/** `result`, whose gradient for each of `inputs` is what `derivative` says. The backward program recomputes what is not dear. */
export function withDerivative(
  result: Value,
  inputs: readonly Value[],
  derivative: Rule['derivative'],
  { dear = true }: Partial<Pick<Rule, 'dear'>> = {},
): Value {
  return apply(DERIVED, [result, ...inputs], { derivative, dear });
}

/** x itself, which the backward program reads instead of computing it again. */
export const kept = (x: Value): Value => withDerivative(x, [x], (gradient) => [gradient]);
