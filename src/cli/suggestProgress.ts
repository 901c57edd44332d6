import type { SuggestProgress } from '../engine/rpc/protocol';
import { progressBar } from './bars';

/** Seconds between the lines where they cannot be rewritten. */
const PLAIN_INTERVAL = 5;
const BAR = 24;

/** Where the lines go. */
export interface ProgressStream {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

/** Shows how far a measurement is: on a terminal in one line that is rewritten, else now and then in a line of its own. */
export function suggestProgress(stream: ProgressStream): {
  readonly show: (progress: SuggestProgress) => void;
  readonly clear: () => void;
} {
  const live = stream.isTTY === true && process.env.TERM !== 'dumb';
  let writtenAt = performance.now();
  return {
    show: (progress) => {
      if (live) {
        stream.write(`\r\u001b[2K${progressLine(progress)}`);
      } else if (performance.now() - writtenAt > PLAIN_INTERVAL * 1000) {
        writtenAt = performance.now();
        stream.write(`${progressLine(progress)}\n`);
      }
    },
    clear: () => {
      if (live) stream.write('\r\u001b[2K');
    },
  };
}

function progressLine({ activity, share }: SuggestProgress): string {
  return share === 0 ? activity : `${progressBar(share, BAR)}  ${Math.floor(100 * share)} %  ${activity}`;
}
