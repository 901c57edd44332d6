import { availableParallelism } from 'node:os';

/** Threads for an op when the configuration names none: every processor this process may use. */
export function threadCount(): number {
  return availableParallelism();
}
