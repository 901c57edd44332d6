import type { ModelFolder, RowSource } from '../weights/modelFolder';

/** A table [V, D], embedding or head, that stays in its file: the folder must stay open. */
export class StoredTable {
  constructor(
    private readonly folder: Pick<ModelFolder, 'readFloat32'> & RowSource,
    private readonly name: string,
  ) {}

  /** The rows of tokens into [N, D]. */
  rows(tokens: Int32Array, into: Float32Array): Promise<void> {
    return this.folder.readRows(this.name, tokens, into);
  }

  /** The rows from one to before another, [end − start, D]. */
  async range(start: number, end: number, width: number): Promise<Float32Array> {
    const values = new Float32Array((end - start) * width);
    await this.rows(
      Int32Array.from({ length: end - start }, (_, row) => start + row),
      values,
    );
    return values;
  }

  /** All of it, [V, D]. */
  values(): Promise<Float32Array> {
    return this.folder.readFloat32(this.name);
  }
}
