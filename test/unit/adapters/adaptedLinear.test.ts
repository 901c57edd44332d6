import { describe, expect, it } from 'vitest';
import { fullStructure } from '../../../src/engine/adapters/full/fullStructure';
import { adaptedLinear } from '../../../src/engine/adapters/linear';
import { loraStructure } from '../../../src/engine/adapters/lora/loraStructure';
import { moraStructure } from '../../../src/engine/adapters/mora/moraStructure';
import { permutationInputs, permutationTables, type LayerPermutation } from '../../../src/engine/adapters/permutation';
import type { AdapterStructure, ParameterName } from '../../../src/engine/adapters/structure';
import { gradient } from '../../../src/engine/graph/gradient';
import { input, type Value } from '../../../src/engine/graph/value';
import { largestDifference, times, transpose } from '../../support/dense';
import { compiled } from '../../support/evaluateGraph';
import { gaussians32, seededRandom } from '../../support/seededRandom';

const TOKENS = 5;

const SHAPES = [
  { dIn: 12, dOut: 12, rHat: 6 },
  { dIn: 13, dOut: 8, rHat: 6 },
  { dIn: 9, dOut: 30, rHat: 8 },
  { dIn: 20, dOut: 6, rHat: 4 },
];

/** Some shuffle of a layer. */
function shuffle(dIn: number, dOut: number): LayerPermutation {
  const random = seededRandom(dIn * dOut);
  const order = (count: number): Uint32Array => {
    const keys = Array.from({ length: count }, random);
    return Uint32Array.from(keys.keys()).sort((a, b) => keys[a]! - keys[b]!);
  };
  return { seed: 0, merge: 1, rows: order(dOut), columns: order(dIn) };
}

const cases: [what: string, structure: AdapterStructure][] = SHAPES.flatMap(({ dIn, dOut, rHat }) => {
  const size = `${dIn} → ${dOut}`;
  const mora = [1, 2, 3, 4, 6].flatMap((type) =>
    [false, true].flatMap((normalized) =>
      [null, shuffle(dIn, dOut)].map((permutation): [string, AdapterStructure] => [
        `type ${type}${normalized ? ', normalized' : ''}${permutation ? ', shuffled' : ''}, ${size}`,
        moraStructure({ dIn, dOut, rank: 1, type, rHat, normalized, permutation }),
      ]),
    ),
  );
  return [
    ...mora,
    [`LoRA, ${size}`, loraStructure({ dIn, dOut, rank: 3, alpha: 6 })],
    [`rank-stabilised LoRA, ${size}`, loraStructure({ dIn, dOut, rank: 3, alpha: 6, rankStabilised: true })],
    [`full, ${size}`, fullStructure({ dIn, dOut })],
  ];
});

describe('an adapted layer', () => {
  it.each(cases)('computes x (W + ΔW)ᵀ and its gradients: %s', async (_, structure) => {
    const { dIn, dOut } = structure;
    const random = seededRandom(dIn + 100 * dOut);
    const x = input('x', [TOKENS, dIn]);
    const weight = input('base', [dOut, dIn]);
    const g = input('g', [TOKENS, dOut]);
    const parameters = new Map<ParameterName, Value>(
      [...structure.parameterShapes].map(([name, shape]) => [name, input(name, shape)]),
    );
    const tables = permutationInputs(structure).map(
      ([name, length]) => [name, input(name, [length], 'int64')] as const,
    );
    const y = adaptedLinear(x, weight, { structure, parameters, permutation: new Map(tables) });
    const gradients = gradient(y, g, [x, ...parameters.values()]).map((value) => value!);
    const graph = await compiled(
      [x, weight, g, ...parameters.values(), ...tables.map(([, table]) => table)],
      [y, ...gradients],
    );

    const xs = gaussians32(TOKENS * dIn, random);
    const ws = gaussians32(dOut * dIn, random);
    const gs = gaussians32(TOKENS * dOut, random);
    const values = [...structure.parameterShapes].map(([name, [rows, cols]]) => ({
      name,
      data: gaussians32(rows * cols, random),
    }));
    const stored =
      structure.method === 'mora' && structure.permutation !== null
        ? permutationTables(structure.permutation)
        : undefined;
    const found = await graph.run([
      xs,
      ws,
      gs,
      ...values.map(({ data }) => data),
      ...tables.map(([name]) => stored![name]),
    ]);
    await graph.dispose();

    const given = Object.fromEntries(values.map(({ name, data }) => [name, data]));
    const delta = structure.deltaWeight(given);
    const adapted = Float64Array.from(ws, (w, i) => w + delta[i]!);
    expect(
      largestDifference(found[0] as Float32Array, times(xs, transpose(adapted, dOut, dIn), TOKENS, dIn, dOut)),
    ).toBeLessThan(1e-4);
    expect(largestDifference(found[1] as Float32Array, times(gs, adapted, TOKENS, dOut, dIn))).toBeLessThan(1e-4);

    // ΔW is linear in each parameter, so ∂L/∂θᵢ = ⟨gᵀ x, ΔW of the parameter's i-th unit vector⟩.
    const dense = times(transpose(Float64Array.from(gs), TOKENS, dOut), xs, dOut, TOKENS, dIn);
    values.forEach(({ name, data }, index) => {
      const expected = Float64Array.from(data, (_, i) => {
        const unit = new Float32Array(data.length);
        unit[i] = 1;
        return structure.deltaWeight({ ...given, [name]: unit }).reduce((sum, value, k) => sum + value * dense[k]!, 0);
      });
      const largest = expected.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
      expect(largestDifference(found[2 + index] as Float32Array, expected), name).toBeLessThan(1e-5 * largest);
    });
  });
});
