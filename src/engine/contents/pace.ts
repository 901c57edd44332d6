import { performance } from 'node:perf_hooks';

/** Often enough to look live, seldom enough to cost a reading nothing. */
const EVERY_MS = 200;

/** Says a few times a second, from now on, that it is time to tell of progress. */
export class Pace {
  private told = performance.now();

  isDue(): boolean {
    const now = performance.now();
    if (now - this.told < EVERY_MS) return false;
    this.told = now;
    return true;
  }
}
