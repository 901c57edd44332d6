import { z } from 'zod';
import type { Contents, ReadingProgress, TensorStatistics, WindowValue } from '../../engine/rpc/contents';

/**
 * What the checkpoint inspector and the extension say to each other. The listing is sent whole; values are read when
 * they are asked for.
 */

export const openSchema = z.object({
  /** Whether to read the file anew though it was read before. */
  anew: z.boolean(),
});

/** A tensor by the place of its file in the listing and its name. */
const tensorSchema = z.object({ file: z.int().min(0), tensor: z.string() });
export const statisticsSchema = tensorSchema.extend({
  /** Whether to read every value of a tensor that is large enough to be sampled. */
  whole: z.boolean(),
});
const place = z.int().min(0).max(Number.MAX_SAFE_INTEGER);
export const valuesSchema = tensorSchema.extend({
  offset: place,
  stride: place,
  rows: z.int().min(0).max(512),
  columns: z.int().min(0).max(256),
});

/** What can be done with the checkpoint beside looking at it. */
export interface InspectorActions {
  /** There is an adapter: its rank, and other forms of it. */
  readonly rank: boolean;
  /** Writes files, so only in a trusted workspace. */
  readonly exports: boolean;
  /** Runs the model, alone or with the adapter, so only in a trusted workspace. */
  readonly talk: boolean;
}

export interface Opened {
  readonly contents: Contents;
  /** From the question to the whole listing. */
  readonly milliseconds: number;
  readonly actions: InspectorActions;
  /** What has to be said of how the file was read; null for a file on a disk. */
  readonly note: string | null;
  /** The file has gone since; what is listed is what it was. */
  readonly isGone: boolean;
}

/** Values read without asking for more; 64 MiB of float32, less than a second from most disks. */
export const SAMPLE_VALUES = 1 << 24;

export interface InspectorHostEnd {
  requests: {
    open: { params: z.output<typeof openSchema>; result: Opened };
    /** Null when it was cancelled. */
    statistics: { params: z.output<typeof statisticsSchema>; result: TensorStatistics | null };
    values: { params: z.output<typeof valuesSchema>; result: readonly WindowValue[] };
  };
  events: {
    cancelStatistics: null;
    openRank: null;
    merge: null;
    exportPeft: null;
    talk: null;
    /** Ask the user for a second checkpoint. */
    compare: null;
  };
}

/** How far the statistics of a tensor are. */
export interface StatisticsProgress extends Pick<ReadingProgress, 'done' | 'total'> {
  readonly tensor: string;
}

export interface InspectorViewEnd {
  requests: Record<string, never>;
  events: {
    progress: StatisticsProgress;
    /** The file is not what was listed any more. */
    file: 'changed' | 'gone' | 'back';
    actions: InspectorActions;
  };
}
