import type { LinearLayer } from '../../config/targets';
import { readRawAdapter, writeAdapter } from './adapterFolder';
import { readAdapterConfig } from './adapterConfig';
import type { AdapterModule, AdapterState } from './adapterState';
import { linkFolder, mergedFolder, readMerges } from './mergedFolder';

/**
 * What was merged into the base of a run, in order: enough to make that base again from the model's files, bit for bit.
 * A merge is in memory until a checkpoint holds it, then on the disk.
 */
export class MergeHistory {
  /** Merges that `saved` does not hold, the oldest first. */
  private unsaved: (readonly AdapterModule[])[] = [];

  /** `saved` is an adapter folder whose merged/ holds the first `savedCount` merges. */
  constructor(
    private saved?: string,
    private savedCount = 0,
  ) {}

  get count(): number {
    return this.savedCount + this.unsaved.length;
  }

  /** Modules in their official form; the arrays are kept, not copied. */
  add(modules: readonly AdapterModule[]): void {
    this.unsaved.push(modules);
  }

  /** Puts merged/ into the folder of a checkpoint that is being made. */
  async writeInto(folder: string, { baseModel, layerCount }: Omit<AdapterState, 'modules'>): Promise<void> {
    for (let merge = 1; merge <= this.count; merge++) {
      const target = mergedFolder(folder, merge);
      if (this.saved !== undefined && merge <= this.savedCount) {
        await linkFolder(mergedFolder(this.saved, merge), target);
      } else {
        const modules = this.unsaved[merge - this.savedCount - 1] ?? [];
        await writeAdapter(target, { baseModel, layerCount, modules, part: merge });
      }
    }
  }

  /** A checkpoint that `writeInto` filled lies here now; what it holds need not stay in memory. */
  savedIn(folder: string): void {
    this.savedCount = this.count;
    this.unsaved = [];
    this.saved = folder;
  }

  /** Every merge in order, of these layers alone, read from the disk one at a time where it is there. */
  async *each(linears: readonly LinearLayer[]): AsyncGenerator<readonly AdapterModule[]> {
    const only = new Set(linears.map(({ name }) => name));
    if (this.saved !== undefined && this.savedCount > 0) {
      const config = await readAdapterConfig(this.saved);
      yield* readMerges(this.saved, config, linears, readRawAdapter, only);
    }
    for (const modules of this.unsaved) yield modules.filter(({ linear }) => only.has(linear.name));
  }
}
