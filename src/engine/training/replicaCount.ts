/** Tokens of a micro-batch of one of several replicas, padding counted: with fewer, products are slower. */
export const REPLICA_TOKENS = 512;

export interface ReplicaNeeds {
  /** Threads that may compute. */
  readonly threads: number;
  /** Examples of a step, and tokens of the longest. */
  readonly batchSize: number;
  readonly longest: number;
}

/**
 * How many replicas a step may keep busy, the most first: numbers that share the threads evenly. A step without tokens for
 * two of them has one.
 */
export function replicaCounts({ threads, batchSize, longest }: ReplicaNeeds): number[] {
  const most = Math.min(threads, batchSize, Math.ceil((batchSize * longest) / REPLICA_TOKENS));
  const counts: number[] = [];
  for (let count = most; count > 1; count--) if (threads % count === 0) counts.push(count);
  return counts;
}
