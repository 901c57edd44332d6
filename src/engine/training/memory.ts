import { freemem } from 'node:os';
import { UserError } from '../../config/userError';
import { Candidate, type MemoryNeeds, type MemoryPlan } from './memoryCandidate';
import { batchLayout, stepLayout } from './microBatches';
import { REPLICA_TOKENS, replicaCounts } from './replicaCount';

const GIB = 2 ** 30;
/** Share of the bound that is planned with: the heap of all programs grows by up to an eighth of what is counted. */
const PLANNED_SHARE = 0.88;
/** Share of the free memory that a run may take when the configuration sets no bound. */
const DEFAULT_SHARE = 0.8;
/** Rows are not made fewer than fill this many tokens just to keep more activations: small products are slow. */
const FAST_TOKENS = 512;

/** Where the blocks' weights can be, the faster first. */
const PLACES = ['memory', 'disk'] as const;

/** Bytes that a run may take: `memory` GiB, or most of what is free. */
export function memoryBudget(memory: number | null): number {
  return memory === null ? DEFAULT_SHARE * freemem() : PLANNED_SHARE * memory * GIB;
}

/**
 * The fastest way to run within a budget: all weights in memory and micro-batches side by side that keep what the backward
 * pass needs, where there are threads for them; else large ones, one after the other; else smaller ones; else computing
 * more of it again; last, weights on disk: as bytes in the same order, in float32 with micro-batches as large as fit.
 * None of it changes the loss. When nothing fits, the smallest plan.
 */
export function planMemory(needs: MemoryNeeds, budget: number): MemoryPlan {
  return planSideBySide(needs, budget) ?? planOneByOne(needs, budget);
}

function planSideBySide(needs: MemoryNeeds, budget: number): MemoryPlan | undefined {
  const { base, threads = 1, batchSize, longest, context, decoder } = needs;
  const own = { ...needs, microBatchTokens: REPLICA_TOKENS };
  const layout = stepLayout(batchLayout(longest, context, REPLICA_TOKENS), batchSize);
  for (const replicas of replicaCounts({ base, threads, batchSize, longest })) {
    const candidate = new Candidate(own, layout, replicas);
    if (candidate.total('memory', decoder.layers) <= budget) return candidate.plan('memory', decoder.layers, budget);
  }
  return undefined;
}

function planOneByOne(needs: MemoryNeeds, budget: number): MemoryPlan {
  const widest = stepLayout(batchLayout(needs.longest, needs.context, needs.microBatchTokens), needs.batchSize);
  const rows: number[] = [];
  for (let count = widest.maxRows; count >= 1; count = Math.floor(count / 2)) rows.push(count);
  const made = new Map<number, Candidate>();
  // Each is made of compiled-to-be programs, and mostly the first one fits.
  const candidate = (maxRows: number): Candidate => {
    const known = made.get(maxRows) ?? new Candidate(needs, { ...widest, maxRows });
    made.set(maxRows, known);
    return known;
  };
  const { base, decoder } = needs;
  const { layers } = decoder;
  for (const blocks of PLACES) {
    const fits = (count: number): boolean => candidate(count).total(blocks, 0) <= budget;
    const keepsAll = (count: number): boolean => candidate(count).fittingBlocks(blocks, budget) === layers;
    const keepingMost = (): number | undefined =>
      rows.find((count) => fits(count) && keepsAll(count)) ??
      rows.findLast((count) => count * widest.rowLength >= FAST_TOKENS && fits(count));
    // Every halving of the rows lets more blocks keep their products, but on disk every micro-batch reads all weights: bytes
    // sooner than a block computes again, float32 ones, which are four times as large or are widened, later.
    const readsFast = blocks === 'memory' || base === 'int8';
    const best = (readsFast ? keepingMost() : undefined) ?? rows.find(fits);
    if (best !== undefined) return candidate(best).plan(blocks, candidate(best).fittingBlocks(blocks, budget), budget);
  }
  return candidate(1).plan('disk', 0, budget);
}

/** Throws a UserError when a plan does not fit the bound that the user set. */
export function requireFit({ total }: Pick<MemoryPlan, 'total'>, memory: number | null): void {
  if (memory === null || total <= memory * GIB) return;
  const needed = Math.ceil((10 * total) / GIB) / 10;
  throw new UserError(
    `"compute.memory" is ${memory} GiB, but at least ${needed} GiB are needed with the weights on disk and one row at a time; ` +
      'raise it or lower "data.maxLength".',
  );
}
