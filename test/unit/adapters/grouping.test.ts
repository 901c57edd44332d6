import { describe, expect, it } from 'vitest';
import { contiguousGroups, groupSizes, stridedGroups, wrapPad } from '../../../src/engine/adapters/mora/grouping';

describe('groups', () => {
  it('are strided or contiguous, the longer runs first', () => {
    expect([...stridedGroups(7, 3)]).toEqual([0, 1, 2, 0, 1, 2, 0]);
    expect([...contiguousGroups(7, 3)]).toEqual([0, 0, 0, 1, 1, 2, 2]);
    expect([...contiguousGroups(6, 3)]).toEqual([0, 0, 1, 1, 2, 2]);
  });

  it('leave the last groups empty when there are more groups than members', () => {
    expect([...contiguousGroups(3, 5)]).toEqual([0, 1, 2]);
    expect([...groupSizes(contiguousGroups(3, 5), 5)]).toEqual([1, 1, 1, 0, 0]);
  });

  it('wrap the inputs for types 1, 4 and 6 only', () => {
    const pad = (type: 1 | 2 | 3 | 4 | 6, dIn: number): number => wrapPad({ dIn, dOut: 1, rHat: 4, type });
    expect([pad(1, 9), pad(4, 9), pad(6, 9), pad(2, 9), pad(3, 9)]).toEqual([3, 3, 3, 0, 0]);
    expect([pad(1, 8), pad(1, 3)]).toEqual([0, 1]);
  });
});
