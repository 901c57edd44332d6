import { elementBytes } from '../weights/dtype';
import type { ModelFolder } from '../weights/modelFolder';
import { readStored, readStoredRows, type StoredPlace } from '../weights/storedPlace';

/** A table [V, D], embedding or head, that stays in its file, which must stay open. Whoever reads waits. */
export class StoredTable {
  private readonly rowBytes: number;

  /** `width`: D. */
  constructor(
    private readonly place: StoredPlace,
    private readonly width: number,
  ) {
    this.rowBytes = elementBytes(place.dtype) * width;
  }

  /** The rows of tokens into [N, D]. Throws a RangeError where there is no such row. */
  rows(tokens: Int32Array, into: Float32Array): void {
    readStoredRows(this.place, this.width, tokens, into);
  }

  /** The rows from `first` on into [N, D]. */
  range(first: number, into: Float32Array): void {
    const start = this.place.start + first * this.rowBytes;
    const end = start + (into.length / this.width) * this.rowBytes;
    readStored({ ...this.place, start, end }, into);
  }

  /** All of it, [V, D]. */
  values(): Float32Array {
    const { dtype, start, end } = this.place;
    const values = new Float32Array((end - start) / elementBytes(dtype));
    readStored(this.place, values);
    return values;
  }
}

/** Where a tensor of the model lies. Its folder must be one of files. */
export function placeOf(folder: ModelFolder, name: string): StoredPlace {
  const place = folder.place?.(name);
  if (place === undefined) throw new Error(`${name} lies in no file`);
  return place;
}
