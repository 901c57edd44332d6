import type { LinearLayer } from '../../config/targets';
import type { AdapterParameters, AdapterStructure } from '../adapters/structure';

/** The adapter of one linear layer: how ΔW is built, and from which values. */
export interface AdapterModule {
  readonly linear: LinearLayer;
  readonly structure: AdapterStructure;
  readonly parameters: AdapterParameters;
}

/** A whole adapter, as it is saved and loaded. */
export interface AdapterState {
  /** Folder or hub id of the base model, as adapter_config.json names it. */
  readonly baseModel: string | null;
  /** Decoder layers of the base model, adapted or not. */
  readonly layerCount: number;
  /** All of one method, and of one mora_type. */
  readonly modules: readonly AdapterModule[];
}
