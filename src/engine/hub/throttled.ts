import type { DownloadProgress } from '../rpc/download';

/** Often enough to look live; a fast line brings thousands of pieces a second. */
const INTERVAL_MS = 100;

/** Passes on some of what it is told: the last of each file, and between them one now and then. */
export function throttled(onProgress: (progress: DownloadProgress) => void): (progress: DownloadProgress) => void {
  let passedAt = -Infinity;
  return (progress) => {
    const whole = progress.kind === 'waiting' || progress.bytes === progress.size;
    if (!whole && performance.now() - passedAt < INTERVAL_MS) return;
    passedAt = performance.now();
    onProgress(progress);
  };
}
