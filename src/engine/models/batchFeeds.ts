import { attentionMask } from '../data/attentionMask';
import type { PackedBatch } from '../data/packing';
import type { Runtime, RuntimeTensor } from '../runtime/runtime';
import type { LayerKind } from './decoderConfig';
import { plainUpTo, rotaryTables, type RotaryConfig, type RotaryTables } from './rotary';

/** Inputs of a block's programs besides weights and activations, by name. */
export type Feeds = Readonly<Record<string, RuntimeTensor>>;

/** Positions, angles and attention masks of batches, for each kind of layer. */
export class BatchFeeds {
  private readonly kinds: ReadonlySet<LayerKind>;
  private readonly tables = new Map<string, RotaryTables>();

  constructor(
    private readonly runtime: Runtime,
    layerKinds: readonly LayerKind[],
  ) {
    this.kinds = new Set(layerKinds);
  }

  of(batch: PackedBatch): ReadonlyMap<LayerKind, Feeds> {
    const { rows, rowLength, segments } = batch;
    const positions = this.runtime.constant(batch.positions, [rows, rowLength]);
    const longest = batch.positions.reduce((most, position) => Math.max(most, Number(position) + 1), 0);
    const masks = new Map<number | undefined, RuntimeTensor>();
    const mask = (window: number | undefined): RuntimeTensor => {
      // A window that reaches over every example is none: such layers share the plain mask.
      const key = window !== undefined && window < longest ? window : undefined;
      let made = masks.get(key);
      if (made === undefined) {
        made = this.runtime.constant(attentionMask(segments, rows, rowLength, key), [rows, rowLength, rowLength]);
        masks.set(key, made);
      }
      return made;
    };
    return new Map(
      [...this.kinds].map((kind) => [
        kind,
        {
          mask: mask(kind.window),
          ...(kind.rotary && { positions, ...this.angles(kind.rotary, rowLength, longest) }),
        },
      ]),
    );
  }

  private angles(config: RotaryConfig, rowLength: number, longest: number): Feeds {
    // Tables differ from batch to batch only beyond the context that dynamic and longrope start from.
    const length = longest > plainUpTo(config) ? longest : 0;
    const key = `${JSON.stringify(config)} ${rowLength} ${length}`;
    let tables = this.tables.get(key);
    if (tables === undefined) this.tables.set(key, (tables = rotaryTables(config, rowLength, length)));
    const shape = [rowLength, config.size / 2];
    return {
      cosines: this.runtime.constant(tables.cosines, shape),
      sines: this.runtime.constant(tables.sines, shape),
    };
  }
}
