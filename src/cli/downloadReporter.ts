import { createLogUpdate } from 'log-update';
import type { DownloadProgress } from '../engine/rpc/download';
import { downloadBlock, downloadLine } from './downloadText';
import { sizedOutput, type Terminal } from './terminal';

/** Shows a download on stderr: stdout is for the folder alone. */
export interface DownloadReporter {
  progress(progress: DownloadProgress): void;
  /** Leaves the last of it on the screen. */
  close(): void;
}

/** Seconds between the plain lines of a download that is not watched on a terminal. */
const PLAIN_INTERVAL = 5;

/** Over how much of the past the speed is told. */
const SPEED_WINDOW_MS = 5000;

/** Picks how a download is shown. */
export function downloadReporter(title: string, terminal: Terminal): DownloadReporter {
  const speed = new Speed();
  if (terminal.live) {
    const block = createLogUpdate(sizedOutput(process.stderr));
    return {
      progress: (progress) => block(downloadBlock(title, { progress, speed: speed.after(progress) }, terminal)),
      close: () => block.done(),
    };
  }
  let writtenAt = performance.now();
  return {
    progress: (progress) => {
      const figures = { progress, speed: speed.after(progress) };
      if (performance.now() - writtenAt < PLAIN_INTERVAL * 1000) return;
      writtenAt = performance.now();
      process.stderr.write(`${downloadLine(figures)}\n`);
    },
    close: () => undefined,
  };
}

/** Bytes per second over the last seconds, from what is told of a download. */
export class Speed {
  private readonly samples: { readonly at: number; readonly done: number }[] = [];

  /** Undefined until there is something to compare with. */
  after(progress: DownloadProgress, now = performance.now()): number | undefined {
    if (progress.kind === 'waiting') return undefined;
    const last = this.samples.at(-1);
    // It began anew, or this is the first piece, which may have been here for long.
    if (last !== undefined && progress.done < last.done) this.samples.length = 0;
    this.samples.push({ at: now, done: progress.done });
    while ((this.samples[1]?.at ?? now) < now - SPEED_WINDOW_MS) this.samples.shift();
    const [first] = this.samples;
    if (first === undefined || now - first.at < 200 || progress.done === first.done) return undefined;
    return (1000 * (progress.done - first.done)) / (now - first.at);
  }
}
