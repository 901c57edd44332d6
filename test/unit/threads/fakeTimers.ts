import { afterEach, beforeEach, vi } from 'vitest';

/** Lets the tests of a file set the time, and forgets before each what its spies heard. */
export function useFakeTimers(): void {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    vi.clearAllMocks();
  });
  afterEach(async () => {
    await vi.runAllTimersAsync();
    vi.useRealTimers();
  });
}
