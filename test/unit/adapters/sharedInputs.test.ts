import { describe, expect, it } from 'vitest';
import type { QuantisedWeight } from '../../../src/engine/adapters/frozenWeight';
import { adaptedLinear } from '../../../src/engine/adapters/linear';
import type { MoraType } from '../../../src/config/mode';
import { moraStructure } from '../../../src/engine/adapters/mora/moraStructure';
import { gradient } from '../../../src/engine/graph/gradient';
import { add } from '../../../src/engine/graph/ops/elementwise';
import { partition } from '../../../src/engine/graph/partition';
import { input, type Value } from '../../../src/engine/graph/value';

const [TOKENS, IN, OUT] = [3, 20, 14];

function quantised(name: string): QuantisedWeight {
  const matrix = (rows: number, cols: number, which: string): QuantisedWeight['forward'] => ({
    entries: input(`${name}.${which}`, [rows, cols], 'int8'),
    scales: input(`${name}.${which}.scales`, [cols]),
  });
  return { forward: matrix(IN, OUT, 'forward'), backward: matrix(OUT, IN, 'backward') };
}

/** The sum of two layers of one input over an int8 base, with its gradients by x and by both M. */
function sumOfTwo(type: MoraType, rHats: readonly [number, number]): { x: Value; y: Value; gradients: Value[] } {
  const x = input('x', [TOKENS, IN]);
  const ms = rHats.map((rHat, index) => input(`${index}.M`, [rHat, rHat]));
  const layers = rHats.map((rHat, index) =>
    adaptedLinear(x, quantised(String(index)), {
      structure: moraStructure({ dIn: IN, dOut: OUT, rank: 1, type, rHat }),
      parameters: new Map([['M', ms[index]!]]),
    }),
  );
  const y = layers.reduce(add);
  return { x, y, gradients: gradient(y, input('g', y.shape), [x, ...ms]) as Value[] };
}

/** All values that results are computed from, and the results. */
function reached(results: readonly Value[]): Value[] {
  const seen = new Set<Value>();
  const visit = (value: Value): void => {
    if (seen.has(value)) return;
    seen.add(value);
    value.inputs.forEach(visit);
  };
  results.forEach(visit);
  return [...seen];
}

describe('rotation layers of one input over an int8 base', () => {
  const turns = (rHats: readonly [number, number]): number => {
    const { y, gradients } = sumOfTwo(6, rHats);
    return reached([y, ...gradients]).filter(({ operation }) => operation === 'rotary').length;
  };

  it('turn it once, and its gradient back once, when their blocks are alike', () => {
    expect(turns([6, 6])).toBe(2);
  });

  it('turn it each for themselves when they are not', () => {
    expect(turns([6, 8])).toBe(4);
  });

  it('keep nothing for the backward pass: to turn again is cheap', () => {
    expect(keptOf(6, [6, 6])).toEqual([]);
  });
});

describe.each([1, 2] as const)('sharing layers of type %s of one input over an int8 base', (type) => {
  it('keep its sums once when their groups are alike', () => {
    expect(keptOf(type, [6, 6])).toEqual([[TOKENS, 6]]);
  });

  it('keep those of each when they are not', () => {
    expect(keptOf(type, [6, 8]).sort()).toEqual([
      [TOKENS, 6],
      [TOKENS, 8],
    ]);
  });
});

/** Shapes of what the forward pass keeps for the backward pass. */
function keptOf(type: MoraType, rHats: readonly [number, number]): (readonly number[])[] {
  const { x, y, gradients } = sumOfTwo(type, rHats);
  const inputs = new Map(
    reached([y, ...gradients]).flatMap((value) =>
      value.inputName === undefined ? [] : [[value.inputName, value] as const],
    ),
  );
  const [dx, dM0, dM1] = gradients as [Value, Value, Value];
  const named = new Map([
    ['x', dx],
    ['0.M', dM0],
    ['1.M', dM1],
  ]);
  const joint = { inputs, outputs: new Map([['y', y]]), gradients: named, activations: [x] };
  return [...partition(joint, 'products').kept.values()].map(({ shape }) => shape);
}
