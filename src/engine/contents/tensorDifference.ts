import type { TensorDifference } from '../rpc/contents';
import { elementBytes } from './decode';
import type { TensorSource } from './listedPlaces';
import type { OpenFiles } from './openFiles';
import { CHUNK_VALUES, elementsOf } from './valueReader';

export interface Figures extends Pick<TensorDifference, 'values' | 'changed' | 'notFinite' | 'largest'> {
  /** Byte for byte, in one type. */
  readonly isSame: boolean;
  /** ‖right − left‖² and ‖left‖². */
  readonly squares: number;
  readonly leftSquares: number;
}

/**
 * The difference of two tensors of one shape, whatever their types. Pairs with a value that is not finite count as
 * changed where the two are not the same, and in no norm.
 *
 * @param onRead gets the bytes of both sides as they are read; what it throws ends the comparison
 */
export async function differenceOf(
  { left, right }: { readonly left: TensorSource; readonly right: TensorSource },
  files: OpenFiles,
  onRead: (bytes: number) => void,
): Promise<Figures> {
  const values = elementsOf(left.entry);
  const sum = new Sum();
  const isOneType = left.entry.dtype === right.entry.dtype;
  let isSame = isOneType;
  for (let from = 0; from < values; from += CHUNK_VALUES) {
    const to = Math.min(values, from + CHUNK_VALUES);
    const leftReader = await files.reader('left', left.path);
    const rightReader = await files.reader('right', right.path);
    const a = await leftReader.readBytes(left.entry, from, to);
    const b = await rightReader.readBytes(right.entry, from, to);
    const isEqual = isOneType && Buffer.compare(a, b) === 0;
    const x = leftReader.decode(left.entry, a);
    if (isEqual) sum.addSame(x);
    else {
      isSame = false;
      sum.add(x, rightReader.decode(right.entry, b));
    }
    onRead((to - from) * (elementBytes(left.entry.dtype) + elementBytes(right.entry.dtype)));
  }
  const { changed, notFinite, squares, leftSquares, largest } = sum;
  return { isSame, values, changed, notFinite, squares, leftSquares, largest };
}

class Sum {
  changed = 0;
  notFinite = 0;
  squares = 0;
  leftSquares = 0;
  largest = 0;

  addSame(x: Float64Array): void {
    let squares = 0;
    for (let i = 0; i < x.length; i++) {
      const value = x[i] as number;
      if (value - value === 0) squares += value * value;
      else this.notFinite++;
    }
    this.leftSquares += squares;
  }

  add(x: Float64Array, y: Float64Array): void {
    let squares = 0;
    let leftSquares = 0;
    for (let i = 0; i < x.length; i++) {
      const a = x[i] as number;
      const b = y[i] as number;
      const difference = b - a;
      if (difference - difference !== 0) {
        // NaN beside NaN, or an infinity beside itself, is no change.
        if (!Object.is(a, b)) this.changed++;
        this.notFinite++;
        continue;
      }
      leftSquares += a * a;
      if (difference === 0) continue;
      this.changed++;
      squares += difference * difference;
      const size = Math.abs(difference);
      if (size > this.largest) this.largest = size;
    }
    this.squares += squares;
    this.leftSquares += leftSquares;
  }
}
