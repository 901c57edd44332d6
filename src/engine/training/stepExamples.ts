import type { Example } from '../data/example';
import type { Examples } from '../data/examples';
import { ExampleOrder } from '../data/order';

/** Gives each step its examples, and reads those of the next one while it runs. */
export class StepExamples {
  private readonly order: ExampleOrder;
  private ahead: { readonly step: number; readonly examples: Promise<Example[]> } | undefined;

  constructor(
    private readonly examples: Examples,
    private readonly batchSize: number,
    /** Steps of the whole run: nothing is read ahead beyond the last. */
    private readonly steps: number,
    seed: number,
  ) {
    this.order = new ExampleOrder(examples.length, seed);
  }

  /** The examples of optimizer step `step`, counted from 0. */
  async of(step: number): Promise<Example[]> {
    const examples = await (this.ahead?.step === step ? this.ahead.examples : this.read(step));
    this.ahead = step + 1 < this.steps ? { step: step + 1, examples: this.read(step + 1) } : undefined;
    // Whoever asks for that step hears of the failure; nobody may ask.
    this.ahead?.examples.catch(() => undefined);
    return examples;
  }

  private read(step: number): Promise<Example[]> {
    return this.examples.read(this.order.stepExamples(step, this.batchSize));
  }
}
