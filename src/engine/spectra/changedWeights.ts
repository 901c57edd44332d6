import type { LinearLayer } from '../../config/targets';
import type { ChangeSource } from '../rpc/changes';
import { adapterWeights } from './adapterWeights';
import { differingWeights } from './differingWeights';

/**
 * The linear layers that a change is of, with their weights W₀ before it. Weights are read when asked for, one layer at a
 * time, so that memory holds a layer and not a model.
 */
export interface ChangedWeights {
  readonly modules: readonly LinearLayer[];
  /** What is left out and why. */
  readonly warnings: readonly string[];
  /** Bytes of W₀ in its files. */
  bytes(linear: LinearLayer): number;
  /** W₀ [dOut, dIn], row-major. */
  base(linear: LinearLayer): Promise<Float32Array>;
  /** ΔW [dOut, dIn], row-major; `base` is what base() gave, where it is at hand. */
  delta(linear: LinearLayer, base?: Float32Array): Promise<Float64Array>;
  close(): Promise<void>;
}

/** Throws a UserError when an adapter, its base model or a folder is missing or does not fit. Close it when done. */
export function openChange(source: ChangeSource): Promise<ChangedWeights> {
  return source.kind === 'adapter' ? adapterWeights(source) : differingWeights(source);
}
