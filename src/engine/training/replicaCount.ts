import type { BaseFormat } from '../adapters/frozenWeight';

/** Tokens of a micro-batch of one of several replicas, padding counted: two hold what one with twice as many does. */
export const REPLICA_TOKENS = 512;

export interface ReplicaNeeds {
  readonly base: BaseFormat;
  /** Threads that may compute. */
  readonly threads: number;
  /** Examples of a step, and tokens of the longest. */
  readonly batchSize: number;
  readonly longest: number;
}

/**
 * How many replicas a step may keep busy, the most first: numbers that share the threads evenly. A step without tokens for
 * two of them has one. Over float32 there is one: nearly all time goes into products, which threads share evenly as it is.
 */
export function replicaCounts({ base, threads, batchSize, longest }: ReplicaNeeds): number[] {
  if (base === 'float32') return [];
  const most = Math.min(threads, batchSize, Math.ceil((batchSize * longest) / REPLICA_TOKENS));
  const counts: number[] = [];
  for (let count = most; count > 1; count--) if (threads % count === 0) counts.push(count);
  return counts;
}
