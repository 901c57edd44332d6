import { UserError } from '../../config/userError';

/** What is wrong now, by what was tried. A sentence goes away when the same thing goes well, or is tried anew. */
export class Problems {
  private readonly sentences = new Map<string, string>();

  constructor(private readonly tell: (sentences: readonly string[]) => void) {}

  /** Keeps what a UserError of the work says until the same goes well. Rejects with any other error. */
  async during(what: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
      this.forget(what);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      if (this.sentences.get(what) === error.message) return;
      this.sentences.set(what, error.message);
      this.tellAll();
    }
  }

  /** For what is about to be tried anew, and for what nobody wants any more. */
  forget(...what: readonly string[]): void {
    const had = what.filter((each) => this.sentences.delete(each));
    if (had.length > 0) this.tellAll();
  }

  forgetAll(): void {
    this.forget(...this.sentences.keys());
  }

  /** For a view that has not heard it. */
  tellAll(): void {
    this.tell([...this.sentences.values()]);
  }
}
