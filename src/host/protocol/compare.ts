import { z } from 'zod';
import type { CheckpointDifference, ReadingProgress } from '../../engine/rpc/contents';

/** What the comparison of two checkpoints and the extension say to each other. */

export const compareSchema = z.object({ anew: z.boolean() });

/** Whose comparison it is, as the view saves it. */
export interface ComparedPair {
  /** URIs. */
  readonly left: string;
  readonly right: string;
}

export interface Comparison {
  readonly key: string;
  readonly names: readonly [left: string, right: string];
  readonly difference: CheckpointDifference;
  readonly note: string | null;
}

export interface CompareHostEnd {
  requests: {
    /** Which pair, at once: what the view says while it waits, and saves. */
    pair: { params: null; result: { readonly key: string; readonly names: Comparison['names'] } };
    /** Null when it was cancelled. */
    compare: { params: z.output<typeof compareSchema>; result: Comparison | null };
  };
  events: {
    cancel: null;
    openLeft: null;
    openRight: null;
    swap: null;
  };
}

export interface CompareViewEnd {
  requests: Record<string, never>;
  events: { progress: ReadingProgress };
}
