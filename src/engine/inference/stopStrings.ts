/** What can be said of a text that grows, with strings at which it ends. */
export interface HeldText {
  /** Text that no stop string can begin in any more, since the last call. */
  readonly text: string;
  /** A stop string was found: the text before it is all there is. */
  readonly stopped: boolean;
}

/** Lets text through up to the first of some stop strings, and holds back what might be the beginning of one. */
export class StopStrings {
  private held = '';

  constructor(private readonly stops: readonly string[]) {}

  push(text: string): HeldText {
    const whole = this.held + text;
    const found = this.stops.map((stop) => whole.indexOf(stop)).filter((index) => index >= 0);
    if (found.length > 0) {
      this.held = '';
      return { text: whole.slice(0, Math.min(...found)), stopped: true };
    }
    const begun = Math.max(0, ...this.stops.map((stop) => begunLength(whole, stop)));
    this.held = whole.slice(whole.length - begun);
    return { text: whole.slice(0, whole.length - begun), stopped: false };
  }

  /** What was held back, when no more text comes. */
  finish(): string {
    const rest = this.held;
    this.held = '';
    return rest;
  }
}

/** Length of the longest end of `text` with which `stop` begins. */
function begunLength(text: string, stop: string): number {
  for (let length = Math.min(stop.length - 1, text.length); length > 0; length--) {
    if (stop.startsWith(text.slice(text.length - length))) return length;
  }
  return 0;
}
