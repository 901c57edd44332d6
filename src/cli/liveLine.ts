import { progressBar } from './bars';
import { standardTerminal, type OutputStream } from './terminal';

/** One line that is rewritten in place while something goes; nothing where lines cannot be rewritten. */
export interface LiveLine {
  /** `share` is 0 to 1. */
  show(activity: string, share: number): void;
  clear(): void;
}

const BAR = 30;

/** More often than this is not seen. */
const INTERVAL_MS = 100;

export function liveLine(stream: OutputStream & { write(text: string): unknown }): LiveLine {
  if (!standardTerminal(stream).live) return { show: () => undefined, clear: () => undefined };
  let last = 0;
  let shown = false;
  return {
    show: (activity, share) => {
      const now = Date.now();
      if (now - last < INTERVAL_MS) return;
      last = now;
      shown = true;
      stream.write(`\r\u001b[2K${progressBar(share, BAR)}  ${activity}  ${Math.floor(100 * share)} %`);
    },
    clear: () => {
      if (shown) stream.write('\r\u001b[2K');
    },
  };
}
