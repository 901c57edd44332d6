/** Earlier prompts by arrow keys, as a shell has them. What was being written waits at the newer end. */
export class Recall {
  private place: number;
  private written = '';

  /** @param prompts the newest last */
  constructor(private readonly prompts: readonly string[]) {
    this.place = prompts.length;
  }

  /** With another prompt in the list, begun anew. */
  with(prompt: string): Recall {
    return new Recall([...this.prompts.filter((other) => other !== prompt), prompt]);
  }

  /**
   * The next older prompt, or the next newer one; undefined where the list ends. An edited prompt is what is being
   * written.
   */
  step(by: -1 | 1, now: string): string | undefined {
    if (now !== this.at(this.place)) {
      this.place = this.prompts.length;
      this.written = now;
    }
    const next = this.at(this.place + by);
    if (next !== undefined) this.place += by;
    return next;
  }

  /** Whether what stands in the box came from here, so that arrows may go on. */
  isShowing(now: string): boolean {
    return now === '' || (this.place < this.prompts.length && now === this.at(this.place));
  }

  private at(place: number): string | undefined {
    return place === this.prompts.length ? this.written : this.prompts[place];
  }
}
