import { freemem, totalmem } from 'node:os';
import { readAdapter, type LoadedAdapter } from '../checkpoint/adapterFolder';
import { Tokenizer } from '../data/tokenizer';
import { folderState } from '../folderState';
import { modelFolder } from '../hub/resolveModel';
import { decoderLinears, EMBEDDING, FINAL_NORM, HEAD } from '../models/decoderConfig';
import { readDecoderConfig } from '../models/family';
import { headInMemory, loadModel, type LoadedModel, type RunnableModel } from '../models/loadedModel';
import { trainableModelTensors } from '../models/trainedParts';
import { weightBytes } from '../models/weightBytes';
import { onnxRuntime } from '../runtime/onnxruntime';
import { ProgramCache } from '../runtime/programCache';
import type { HostTensor, Runtime } from '../runtime/runtime';
import { threadCount } from '../runtime/threads';
import { Turns } from '../turns';
import { openModelFolder } from '../weights/modelFolder';
import { AdaptedBlocks, type AdaptedPlace } from './adaptedBlocks';

/** Share of the free memory that weights may take; beyond it they stay on disk, or the adapter goes over the base. */
const FREE_SHARE = 0.8;
/** Weights of at most this share of the machine's memory stay loaded when a request is done, for the next one. */
const KEPT_SHARE = 0.25;
/** And for no longer than this. */
const KEPT_MS = 10 * 60_000;

const BYTES = 4; // float32

/** A model ready to run, with an adapter in its weights. */
export interface ReadyModel {
  readonly folder: string;
  readonly runtime: Runtime;
  readonly model: RunnableModel;
  /** Bytes of weights in memory, those of the adapted ones beside them included. */
  readonly heldBytes: number;
  /** Undefined for a folder without tokenizer.json. */
  readonly tokenizer: Tokenizer | undefined;
  /** Programs that depend on the model's shape alone. */
  readonly programs: ProgramCache;
  /** What is odd about the adapter's files though they can be used. */
  readonly warnings: readonly string[];
}

export interface ModelRequest {
  /** Absolute model folder, or the hub id of a downloaded model. */
  readonly model: string;
  /** Absolute adapter folder. */
  readonly adapter?: string | undefined;
  /** With which means it runs. */
  readonly means?: ComputeMeans | undefined;
}

/** Bounds that follow from "compute" of a configuration; null where none is set. */
export interface ComputeMeans {
  readonly threads: number | null;
  /** Bytes that weights may take. */
  readonly weightBytes: number | null;
}

const UNBOUNDED: ComputeMeans = { threads: null, weightBytes: null };

export interface UseOptions {
  readonly signal?: AbortSignal;
  /** Told while something takes its time. */
  readonly onActivity?: (activity: string) => void;
}

interface Base {
  readonly state: string;
  readonly ready: ReadyModel;
  readonly blocks: LoadedModel['blocks'];
  readonly place: 'memory' | 'disk';
  readonly close: () => Promise<void>;
}

interface Adapted {
  readonly state: string;
  readonly ready: ReadyModel;
  readonly blocks: AdaptedBlocks;
  readonly place: AdaptedPlace;
  readonly bytes: number;
}

/**
 * The model of the last request and its last adapter, since the next request usually has the same ones. Requests take
 * turns: a model runs one at a time.
 */
export class ModelStore {
  private readonly turns = new Turns();
  private base: Base | undefined;
  private adapted: Adapted | undefined;
  private timer: NodeJS.Timeout | undefined;

  /** Loads what is asked for, if it is not there, and lets `work` have it alone until it is done. */
  async use<T>(
    request: ModelRequest,
    { signal, onActivity }: UseOptions,
    work: (ready: ReadyModel) => Promise<T>,
  ): Promise<T> {
    const done = await this.turns.take(signal);
    clearTimeout(this.timer);
    try {
      return await work(await this.ready(request, signal, onActivity ?? (() => undefined)));
    } finally {
      if (this.bytes > KEPT_SHARE * totalmem()) await this.release();
      else this.timer = setTimeout(() => void this.releaseIdle(), KEPT_MS).unref();
      done();
    }
  }

  private async ready(
    { model, adapter, means = UNBOUNDED }: ModelRequest,
    signal: AbortSignal | undefined,
    onActivity: (activity: string) => void,
  ): Promise<ReadyModel> {
    const folder = await modelFolder(model);
    const state = `${await folderState(folder)}\n${JSON.stringify(means)}`;
    const adapterState = adapter === undefined ? '' : await folderState(adapter);
    const spent = this.adapted?.place === 'inPlace' && this.adapted.state !== adapterState;
    if (this.base !== undefined && (this.base.state !== state || spent)) await this.release();
    this.base ??= await loadBase({ folder, state, means }, signal, onActivity);
    if (adapter === undefined) return this.base.ready;
    if (this.adapted?.state !== adapterState) {
      await this.adapted?.blocks.dispose();
      this.adapted = undefined;
      const { config } = this.base.ready.model;
      const loaded = await readAdapter(adapter, decoderLinears(config), trainableModelTensors(config));
      this.adapted = adapt(this.base, loaded, adapterState, means);
    }
    return this.adapted.ready;
  }

  private get bytes(): number {
    const { base, adapted } = this;
    if (base === undefined) return 0;
    return base.ready.heldBytes + (adapted?.bytes ?? 0);
  }

  private async releaseIdle(): Promise<void> {
    const done = await this.turns.take();
    await this.release();
    done();
  }

  private async release(): Promise<void> {
    const { base, adapted } = this;
    this.base = undefined;
    this.adapted = undefined;
    await adapted?.blocks.dispose();
    await base?.close();
  }
}

/** The store of this process: what memory holds is everybody's. */
export const modelStore = new ModelStore();

async function loadBase(
  { folder, state, means }: { readonly folder: string; readonly state: string; readonly means: ComputeMeans },
  signal: AbortSignal | undefined,
  onActivity: (activity: string) => void,
): Promise<Base> {
  const config = await readDecoderConfig(folder);
  const tokenizer = await Tokenizer.load(folder);
  // Programs that hold on to their working memory are faster, but nobody has counted what they hold.
  const runtime = onnxRuntime({ threads: means.threads ?? threadCount(), retain: means.weightBytes === null });
  const weights = await openModelFolder(folder);
  const place = weightBytes(config, 'memory') <= room(means, 0) ? 'memory' : 'disk';
  try {
    const model = await loadModel(weights, config, runtime, {
      context: config.maxPositions,
      blocks: place,
      onProgress: (loaded, total) => {
        signal?.throwIfAborted();
        onActivity(`loading the model, layer ${loaded} of ${total}`);
      },
    });
    const programs = new ProgramCache(runtime);
    if (place === 'memory') await weights.close();
    return {
      state,
      ready: { folder, runtime, model, heldBytes: weightBytes(config, place), tokenizer, programs, warnings: [] },
      blocks: model.blocks,
      place,
      close: async () => {
        await programs.dispose();
        if (place === 'disk') await weights.close();
      },
    };
  } catch (error) {
    await weights.close();
    throw error;
  }
}

/** Bytes that more weights may take where so many are held. */
function room({ weightBytes: bound }: ComputeMeans, held: number): number {
  return Math.min(FREE_SHARE * freemem(), bound === null ? Infinity : bound - held);
}

function adapt(
  { ready, blocks: base, place: basePlace }: Base,
  adapter: LoadedAdapter,
  state: string,
  means: ComputeMeans,
): Adapted {
  const bytes = adaptedBytes(adapter);
  const fits = bytes <= room(means, ready.heldBytes);
  const place = basePlace === 'disk' ? 'eachTime' : fits ? 'beside' : 'inPlace';
  const blocks = new AdaptedBlocks(ready.runtime, base, adapter, place);
  const model = { ...ready.model, ...trainedEnds(ready, adapter), blocks };
  const more = place === 'beside' ? bytes : 0;
  return {
    state,
    ready: { ...ready, model, heldBytes: ready.heldBytes + more, warnings: adapter.warnings },
    blocks,
    place,
    bytes: more,
  };
}

/** What stands before and after the blocks, where it was trained in full. */
function trainedEnds(
  { model, runtime }: ReadyModel,
  { trained }: LoadedAdapter,
): Pick<ReadyModel['model'], 'embedding' | 'norm' | 'head'> {
  const own = (name: string, { shape }: HostTensor): HostTensor | undefined => {
    const values = trained.get(name);
    return values && runtime.tensor(values, shape);
  };
  return {
    embedding: trained.get(EMBEDDING) ?? model.embedding,
    norm: own(FINAL_NORM, model.norm) ?? model.norm,
    head: own(model.config.tied ? EMBEDDING : HEAD, headInMemory(model)) ?? model.head,
  };
}

/** Bytes of the weights that an adapter changes. */
function adaptedBytes({ merged, modules }: LoadedAdapter): number {
  const sizes = new Map([...merged.flat(), ...modules].map(({ linear }) => [linear.name, linear.dIn * linear.dOut]));
  return [...sizes.values()].reduce((sum, size) => sum + BYTES * size, 0);
}
