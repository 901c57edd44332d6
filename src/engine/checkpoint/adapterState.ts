import type { LinearLayer } from '../../config/targets';
import type { AdapterParameters, AdapterStructure } from '../adapters/structure';

/** The adapter of one linear layer: how ΔW is built, and from which values. */
export interface AdapterModule {
  readonly linear: LinearLayer;
  readonly structure: AdapterStructure;
  readonly parameters: AdapterParameters;
}

/** A tensor of the model itself that was trained in full, by its name in the model folder. */
export interface TrainedTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** A whole adapter, as it is saved and loaded. */
export interface AdapterState {
  /** Folder or hub id of the base model, as adapter_config.json names it. */
  readonly baseModel: string | null;
  /** Of a hub id: the commit that the adapter was trained on. */
  readonly baseRevision?: string | null;
  /** Decoder layers of the base model, adapted or not. */
  readonly layerCount: number;
  /** All of one method, of one mora_type, and shuffled by one seed and merge or not at all. */
  readonly modules: readonly AdapterModule[];
  /** What was trained in full beside the adapters. Nothing unless told. */
  readonly trained?: readonly TrainedTensor[];
  /** How many ΔW were merged into the base before; they lie in merged/ of the same folder. None unless told. */
  readonly merges?: number;
  /** Where this is one of those merges: its number, from 1. */
  readonly part?: number;
}
