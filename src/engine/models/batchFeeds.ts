import { attentionMask } from '../data/attentionMask';
import type { PackedBatch } from '../data/packing';
import type { HostTensor, Runtime, RuntimeTensor } from '../runtime/runtime';
import { maskShape, queryTiles } from './attention';
import { maskInput } from './blockPrograms';
import type { LayerKind } from './decoderConfig';
import { plainUpTo, rotaryTables, type RotaryConfig } from './rotary';

/** Inputs of a block's programs besides weights and activations, by name. */
export type Feeds = Readonly<Record<string, RuntimeTensor>>;

/** Tables of cosines and sines by position, as the runtime reads them. */
type Angles = Readonly<Record<'cosines' | 'sines', HostTensor>>;

/** Positions, angles and attention masks of batches, for each kind of layer. Those of one batch are valid until the next. */
export class BatchFeeds {
  private readonly kinds: ReadonlySet<LayerKind>;
  private readonly tables = new Map<string, Angles>();
  /** Of the last batch. */
  private current: ReadonlySet<HostTensor> = new Set();

  constructor(
    private readonly runtime: Runtime,
    layerKinds: readonly LayerKind[],
  ) {
    this.kinds = new Set(layerKinds);
  }

  of(batch: PackedBatch): ReadonlyMap<LayerKind, Feeds> {
    const { rows, rowLength, segments } = batch;
    const used = new Set<HostTensor>();
    const use = (constant: HostTensor): HostTensor => {
      used.add(constant);
      return constant;
    };
    const positions = use(this.runtime.constant(batch.positions, [rows, rowLength]));
    const longest = batch.positions.reduce((most, position) => Math.max(most, Number(position) + 1), 0);
    const masks = new Map<number | undefined, Feeds>();
    const masksOf = (kindWindow: number | undefined): Feeds => {
      // A window that reaches over every example is none: such layers share the plain masks.
      const window = kindWindow !== undefined && kindWindow < longest ? kindWindow : undefined;
      let made = masks.get(window);
      if (made === undefined) {
        const tiles = queryTiles(rowLength).map(({ start, end }, index): [string, RuntimeTensor] => {
          const mask = attentionMask(segments, rowLength, { start, end, window });
          return [maskInput(index), use(this.runtime.constant(mask, maskShape(rows, { start, end })))];
        });
        made = Object.fromEntries(tiles);
        masks.set(window, made);
      }
      return made;
    };
    const feeds = new Map(
      [...this.kinds].map((kind): [LayerKind, Feeds] => {
        const angles = kind.rotary && this.angles(kind.rotary, rowLength, longest);
        for (const table of Object.values(angles ?? {})) use(table);
        return [kind, { ...masksOf(kind.window), ...(angles && { positions, ...angles }) }];
      }),
    );
    this.replace(used);
    return feeds;
  }

  dispose(): void {
    this.replace(new Set());
  }

  private replace(used: ReadonlySet<HostTensor>): void {
    for (const constant of this.current) if (!used.has(constant)) this.runtime.dropCopy(constant);
    this.current = used;
  }

  private angles(config: RotaryConfig, rowLength: number, longest: number): Angles {
    // Tables differ from batch to batch only beyond the context that dynamic and longrope start from.
    const length = longest > plainUpTo(config) ? longest : 0;
    const key = `${JSON.stringify(config)} ${rowLength} ${length}`;
    let tables = this.tables.get(key);
    if (tables === undefined) {
      const { cosines, sines } = rotaryTables(config, rowLength, length);
      const shape = [rowLength, config.size / 2];
      tables = { cosines: this.runtime.constant(cosines, shape), sines: this.runtime.constant(sines, shape) };
      this.tables.set(key, tables);
    }
    return tables;
  }
}
