import { expect, it } from 'vitest';
import { orthonormalRows } from '../../../src/analysis/orthonormalRows';
import { largestDifference, times, transpose } from '../../support/dense';
import { gaussians, seededRandom } from '../../support/seededRandom';

it('makes rows orthonormal to a basis and each other, even nearly dependent ones, and leaves dependent ones out', () => {
  const random = seededRandom(5);
  const width = 30;
  const basis = gaussians(3 * width, random);
  expect(orthonormalRows(new Float64Array(), basis, width, 1e-12)).toBe(3);
  const block = gaussians(6 * width, random);
  // Row 1 is row 0 but for 1e-9; row 3 lies in the basis; row 5 is zero.
  for (let i = 0; i < width; i++) {
    block[width + i] = block[i]! + 1e-9 * block[width + i]!;
    block[3 * width + i] = 2 * basis[i]! - basis[width + i]!;
    block[5 * width + i] = 0;
  }
  expect(orthonormalRows(basis, block, width, 1e-12)).toBe(4);
  const all = Float64Array.from([...basis, ...block.subarray(0, 4 * width)]);
  const gram = times(all, transpose(all, 7, width), 7, width, 7);
  expect(
    largestDifference(
      gram,
      gram.map((_, i) => (i % 8 === 0 ? 1 : 0)),
    ),
  ).toBeLessThan(1e-14);
});
