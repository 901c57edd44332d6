import type { TensorFlow, TfTensor } from '../../graph/tensorFlow';

/** A tensor whose memory its owner frees. */
export interface OwnedTfTensor extends TfTensor {
  /** Entries in ordinary memory, possibly the tensor's own. */
  dataSync(): Float32Array | Int32Array | Uint8Array;
  dispose(): void;
}

/** What running programs needs of TensorFlow.js besides the functions of the rows. */
export interface TensorFlowLibrary extends TensorFlow {
  /** Runs `compute` and frees every tensor made within that it does not return or keep, also when it throws. */
  tidy<T extends TfTensor>(compute: () => T): T;
  tidy(compute: () => void): void;
  /** Takes a tensor out of the care of `tidy`. */
  keep<T extends TfTensor>(tensor: T): T;
  /** The backend that computes, for the whole process. */
  getBackend(): string;
  /** False where the backend cannot be started. */
  setBackend(name: string): Promise<boolean>;
  /** What is alive. */
  memory(): { readonly numTensors: number; readonly numBytes: number };
}
