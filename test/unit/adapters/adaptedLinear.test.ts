import { describe, expect, it } from 'vitest';
import { fullStructure } from '../../../src/engine/adapters/full/fullStructure';
import type { QuantisedMatrix } from '../../../src/engine/adapters/frozenWeight';
import { adaptedLinear } from '../../../src/engine/adapters/linear';
import { loraStructure } from '../../../src/engine/adapters/lora/loraStructure';
import { moraStructure } from '../../../src/engine/adapters/mora/moraStructure';
import { permutationInputs, permutationTables, type LayerPermutation } from '../../../src/engine/adapters/permutation';
import type { AdapterParameters, AdapterStructure, ParameterName } from '../../../src/engine/adapters/structure';
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

    const dense = times(transpose(Float64Array.from(gs), TOKENS, dOut), xs, dOut, TOKENS, dIn);
    values.forEach(({ name, data }, index) => {
      const expected = parameterGradient(structure, given, name, data.length, dense);
      const largest = expected.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
      expect(largestDifference(found[2 + index] as Float32Array, expected), name).toBeLessThan(1e-5 * largest);
    });
  });

  it.each(cases)('acts beside a quantised weight: %s', async (_, structure) => {
    const { dIn, dOut } = structure;
    const random = seededRandom(dIn + 100 * dOut);
    const x = input('x', [TOKENS, dIn]);
    const g = input('g', [TOKENS, dOut]);
    const matrix = (name: string, rows: number, columns: number): QuantisedMatrix => ({
      entries: input(`${name}.entries`, [rows, columns], 'int8'),
      scales: input(`${name}.scales`, [columns]),
    });
    const weight = { forward: matrix('forward', dIn, dOut), backward: matrix('backward', dOut, dIn) };
    const parameters = new Map<ParameterName, Value>(
      [...structure.parameterShapes].map(([name, shape]) => [name, input(name, shape)]),
    );
    const tables = permutationInputs(structure).map(
      ([name, length]) => [name, input(name, [length], 'int64')] as const,
    );
    const y = adaptedLinear(x, weight, { structure, parameters, permutation: new Map(tables) });
    const gradients = gradient(y, g, [x, ...parameters.values()]).map((value) => value!);
    const { forward, backward } = weight;
    const frozen = [forward.entries, forward.scales, backward.entries, backward.scales];
    const graph = await compiled(
      [x, g, ...frozen, ...parameters.values(), ...tables.map(([, table]) => table)],
      [y, ...gradients],
    );

    // Whole steps of a byte, so that rounding the rows changes nothing.
    const steps = (count: number, width: number): Float32Array =>
      Float32Array.from({ length: count }, (_, at) => (at % width === 0 ? 127 : Math.round(254 * random()) - 127) / 64);
    const [xs, gs] = [steps(TOKENS * dIn, dIn), steps(TOKENS * dOut, dOut)];
    // The two directions hold different matrices here, so that one in the other's place is seen.
    const bytes = (): Int8Array => Int8Array.from({ length: dIn * dOut }, () => Math.round(254 * random()) - 127);
    const scales = (count: number): Float32Array => Float32Array.from({ length: count }, () => 0.001 + 0.01 * random());
    const [there, thereScales, back, backScales] = [bytes(), scales(dOut), bytes(), scales(dIn)];
    const values = [...structure.parameterShapes].map(
      ([name, [rows, cols]]) => [name, gaussians32(rows * cols, random)] as const,
    );
    const stored =
      structure.method === 'mora' && structure.permutation !== null
        ? permutationTables(structure.permutation)
        : undefined;
    const found = await graph.run([
      ...[xs, gs, there, thereScales, back, backScales],
      ...values.map(([, data]) => data),
      ...tables.map(([name]) => stored![name]),
    ]);
    await graph.dispose();

    const given = Object.fromEntries(values);
    const delta = structure.deltaWeight(given);
    const across = transpose(
      Float64Array.from(there, (entry, at) => entry * thereScales[at % dOut]!),
      dIn,
      dOut,
    );
    const outputs = times(
      xs,
      transpose(
        Float64Array.from(across, (w, at) => w + delta[at]!),
        dOut,
        dIn,
      ),
      TOKENS,
      dIn,
      dOut,
    );
    const inputs = times(
      gs,
      Float64Array.from(back, (entry, at) => entry * backScales[at % dIn]! + delta[at]!),
      TOKENS,
      dOut,
      dIn,
    );
    expect(largestDifference(found[0] as Float32Array, outputs)).toBeLessThan(2e-4);
    expect(largestDifference(found[1] as Float32Array, inputs)).toBeLessThan(2e-4);
    const dense = times(transpose(Float64Array.from(gs), TOKENS, dOut), xs, dOut, TOKENS, dIn);
    values.forEach(([name, data], index) => {
      const expected = parameterGradient(structure, given, name, data.length, dense);
      const largest = expected.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
      expect(largestDifference(found[2 + index] as Float32Array, expected), name).toBeLessThan(1e-5 * largest);
    });
  });
});

/** ΔW is linear in each parameter, so ∂L/∂θᵢ = ⟨gᵀ x, ΔW of the parameter's i-th unit vector⟩. `dense` is gᵀ x. */
function parameterGradient(
  structure: AdapterStructure,
  given: AdapterParameters,
  name: ParameterName,
  length: number,
  dense: Float64Array,
): Float64Array {
  return Float64Array.from({ length }, (_, i) => {
    const unit = new Float32Array(length);
    unit[i] = 1;
    return structure.deltaWeight({ ...given, [name]: unit }).reduce((sum, value, k) => sum + value * dense[k]!, 0);
  });
}
