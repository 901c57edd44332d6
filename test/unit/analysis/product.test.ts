import { expect, it } from 'vitest';
import { timesTranspose } from '../../../src/analysis/product';
import { times, transpose } from '../../support/dense';
import { gaussians, seededRandom } from '../../support/seededRandom';

it('timesTranspose multiplies rows with rows', () => {
  const random = seededRandom(3);
  const a = gaussians(4 * 3, random);
  const b = gaussians(5 * 3, random);
  expect([...timesTranspose(a, b, 4, 5, 3)]).toEqual([...times(a, transpose(b, 5, 3), 4, 3, 5)]);
});
