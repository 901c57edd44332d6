import { describe, expect, it } from 'vitest';
import { numericalRank } from '../../support/numericalRank';
import { singularValues } from '../../../src/analysis/singularValues';
import { moraStructure } from '../../../src/engine/adapters/mora/moraStructure';
import { normalization } from '../../../src/engine/adapters/mora/normalization';
import { normalizedForm, officialForm } from '../../../src/engine/adapters/mora/official';
import type { MoraStructure } from '../../../src/engine/adapters/structure';
import { largestDifference, times, transpose } from '../../support/dense';
import { denseDelta } from '../../support/denseDelta';
import { gaussians32, seededRandom } from '../../support/seededRandom';

const SHAPES: readonly (readonly [what: string, dIn: number, dOut: number, rHat: number])[] = [
  ['r̂ divides both sides', 24, 16, 4],
  ['r̂ divides neither side', 23, 17, 6],
  ['dIn = k·r̂ + 1: one chain through all groups', 25, 24, 8],
  ['dIn = r̂ + 1, the worst conditioned', 9, 30, 8],
  ['chains of two lengths', 19, 21, 8],
  ['r̂ = dIn', 8, 24, 8],
];

/** Entry i of the standard basis as M or N. */
function basis(structure: MoraStructure, i: number): Float32Array {
  const m = new Float32Array(structure.rHat ** 2);
  m[i] = 1;
  return m;
}

/** S_in dense, from its entries. */
function dense({ rHat, entry }: ReturnType<typeof normalization>['inputs']): Float64Array {
  return Float64Array.from({ length: rHat * rHat }, (_, i) => entry(Math.floor(i / rHat), i % rHat));
}

/** C [r̂, dIn] and D [dOut, r̂] of a type, read off the dense products with unit matrices. */
function sides(structure: MoraStructure): { c: Float64Array; d: Float64Array } {
  const { dIn, dOut, rHat } = structure;
  const c = new Float64Array(rHat * dIn);
  const d = new Float64Array(dOut * rHat);
  for (let g = 0; g < rHat; g++) {
    // Row 0 of M with a 1 in column g: the first output of group 0 is row g of C.
    const ofInput = denseDelta(structure, basis(structure, g));
    c.set(ofInput.subarray(0, dIn), g * dIn);
    // Column 0 of M with a 1 in row g: the first input, which enters group 0 alone or two groups, tells the outputs.
    const ofOutput = denseDelta(structure, basis(structure, g * rHat));
    for (let i = 0; i < dOut; i++) d[i * rHat + g] = ofOutput[i * dIn]! > 0 ? 1 : 0;
  }
  return { c, d };
}

function identity(n: number): Float64Array {
  return Float64Array.from({ length: n * n }, (_, i) => (i % (n + 1) === 0 ? 1 : 0));
}

/** Of σ₁: some roundings of float32, the precision of M. */
const SINGLE = 4 * 2 ** -23;

describe.each([1, 2, 3, 4])('normalized sharing of type %i', (type) => {
  it.each(SHAPES)('has orthonormal sides where %s', (_, dIn, dOut, rHat) => {
    const structure = moraStructure({ dIn, dOut, rank: 1, type, rHat });
    const { outputs, inputs } = normalization(structure);
    const { c, d } = sides(structure);
    const right = dense(inputs);
    const rows = times(right, c, rHat, rHat, dIn);
    expect(largestDifference(times(rows, transpose(rows, rHat, dIn), rHat, dIn, rHat), identity(rHat))).toBeLessThan(
      1e-9,
    );
    const left = d.map((value, i) => value * outputs[i % rHat]!);
    expect(largestDifference(times(transpose(left, dOut, rHat), left, rHat, dOut, rHat), identity(rHat))).toBeLessThan(
      1e-12,
    );
    // The symmetric root, not some other factor: only that one treats all groups alike.
    expect(largestDifference(right, transpose(right, rHat, rHat))).toBeLessThan(1e-12);
  });

  it.each(SHAPES)('gives ΔW the singular values of N where %s', (_, dIn, dOut, rHat) => {
    const structure = moraStructure({ dIn, dOut, rank: 1, type, rHat, normalized: true });
    const N = gaussians32(rHat * rHat, seededRandom(dIn + type));
    const ofN = singularValues(N, rHat, rHat);
    expect(largestDifference(structure.singularValues({ N }), ofN)).toBeLessThan(SINGLE * ofN[0]!);
    const ofDelta = singularValues(structure.deltaWeight({ N }), dOut, dIn);
    expect(largestDifference(ofDelta.slice(0, rHat), ofN)).toBeLessThan(3e-6 * ofN[0]!);
  });
});

describe('normalized rotation', () => {
  it.each([
    ['square', 24, 24, 2],
    ['outputs repeated evenly', 24, 72, 2],
    ['outputs cropped after whole blocks', 48, 24, 2],
  ])('gives ΔW the singular values of N, once a live block: %s', (_, dIn, dOut, blocks) => {
    const rHat = Math.min(dIn, dOut) / blocks;
    const structure = moraStructure({ dIn, dOut, rank: 1, type: 6, rHat, normalized: true });
    const N = gaussians32(rHat * rHat, seededRandom(3));
    const expected = [...singularValues(N, rHat, rHat)].flatMap((sigma) => new Array<number>(blocks).fill(sigma));
    const found = singularValues(structure.deltaWeight({ N }), dOut, dIn);
    expect(largestDifference(found.slice(0, expected.length), expected)).toBeLessThan(3e-6 * expected[0]!);
    expect(largestDifference(structure.singularValues({ N }).slice(0, expected.length), expected)).toBeLessThan(
      SINGLE * expected[0]!,
    );
  });

  it('keeps the norm of ΔW at √n that of N, and each block within √2, where repetitions differ', () => {
    // Two blocks of 8 inputs; 24 outputs show the first block twice, the second once.
    const structure = moraStructure({ dIn: 16, dOut: 24, rank: 1, type: 6, rHat: 8, normalized: true });
    const N = gaussians32(64, seededRandom(3));
    const found = singularValues(structure.deltaWeight({ N }), 24, 16);
    const norm = Math.hypot(...N);
    expect(Math.hypot(...found)).toBeCloseTo(Math.SQRT2 * norm, 5);
    const ofN = singularValues(N, 8, 8);
    expect(found[0]! / ofN[0]!).toBeGreaterThan(Math.SQRT1_2);
    expect(found[0]! / ofN[0]!).toBeLessThan(Math.SQRT2);
  });
});

describe('the official form of a normalized adapter', () => {
  it.each([1, 2, 3, 4, 6])('has the same ΔW, and leads back to N: type %i', (type) => {
    for (const [, dIn, dOut, rHat] of SHAPES) {
      const structure = moraStructure({ dIn, dOut, rank: 1, type, rHat, normalized: true });
      const N = gaussians32(rHat * rHat, seededRandom(rHat));
      const official = officialForm({ structure, parameters: { N } });
      expect(official.structure).toMatchObject({ method: 'mora', normalized: false, type, rHat });
      expect(official.structure.deltaWeight(official.parameters)).toEqual(structure.deltaWeight({ N }));
      const back = normalizedForm(official.structure as MoraStructure, official.parameters);
      expect(largestDifference(back.parameters.N!, N)).toBeLessThan(2e-5);
    }
  });

  it('of one with more groups than inputs or outputs keeps what of M shows in ΔW', () => {
    for (const [dIn, dOut, rHat] of [
      [7, 40, 12],
      [8, 40, 16],
      [40, 5, 8],
    ] as const) {
      for (const type of [1, 2, 3, 4]) {
        const plain = moraStructure({ dIn, dOut, rank: 1, type, rHat });
        const M = gaussians32(rHat * rHat, seededRandom(type));
        const { structure, parameters } = normalizedForm(plain, { M });
        const delta = plain.deltaWeight({ M });
        expect(largestDifference(structure.deltaWeight(parameters), delta)).toBeLessThan(4e-6);
        expect(numericalRank(structure.singularValues(parameters), 1e-6)).toBe(Math.min(dIn, dOut, rHat));
      }
    }
  });

  it('leaves every other adapter as it is', () => {
    const plain = moraStructure({ dIn: 8, dOut: 8, rank: 1, type: 1 });
    const parameters = { M: new Float32Array(16) };
    expect(officialForm({ structure: plain, parameters })).toEqual({ structure: plain, parameters });
  });
});
