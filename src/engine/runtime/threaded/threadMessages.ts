import type { Shape } from '../../graph/value';
import type { SharedData } from './sharedData';

/** A tensor in memory that all threads share. */
export interface SharedMemory {
  readonly id: number;
  readonly shape: Shape;
  readonly data: SharedData;
  readonly isConstant: boolean;
}

/** A tensor in memory of a thread's own. */
export interface OwnMemory {
  readonly id: number;
  readonly shape: Shape;
  /** Another one, which is not used any more. */
  readonly replaces: number | undefined;
}

/** What the main thread asks of a thread that computes. */
export type Order =
  | {
      readonly kind: 'compile';
      readonly program: number;
      readonly model: Uint8Array;
      /** Names in the model, in the order in which `run` gives their tensors. */
      readonly inputs: readonly string[];
      readonly outputs: readonly string[];
    }
  | {
      readonly kind: 'run';
      readonly program: number;
      /** Shared tensors that the thread does not know yet. */
      readonly news: readonly SharedMemory[];
      /** Tensors by id. */
      readonly inputs: readonly number[];
      readonly outputs: readonly number[];
    }
  | { readonly kind: 'release'; readonly program: number }
  | { readonly kind: 'hold'; readonly tensor: OwnMemory }
  | { readonly kind: 'forget'; readonly tensor: number };

/** An order as it is sent. */
export interface Letter {
  readonly order: Order;
  /** Whether somebody waits until it is done. */
  readonly isAnswered: boolean;
}

/** To orders for which somebody waits, in the order in which they came. What failed since the last answer is told with it. */
export type Answer = { readonly kind: 'done' } | { readonly kind: 'failed'; readonly message: string };
