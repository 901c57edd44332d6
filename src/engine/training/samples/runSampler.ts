import type { SamplesConfiguration } from '../../../config/schema';
import { eachLine } from '../../../run/eachLine';
import { parseSample, type SampleLine } from '../../../run/samples';
import type { AdapterSet } from '../../adapters/adapterSet';
import { generateTogether, type WritingModel } from '../../inference/generateTogether';
import type { SharedReader } from '../../runtime/threaded/sharedReader';
import type { RunLog } from '../runLog';
import type { SamplePrompts } from './samplePrompts';

/** What a sampler takes of its run. */
export interface SampledRun {
  readonly log: Pick<RunLog, 'paths' | 'samples'>;
  /** A runtime of its own, so that nothing that training holds is touched. */
  readonly runtime: SharedReader;
  /** The model that trains, with the tensors that are trained in full. */
  readonly model: WritingModel;
  /** The model as it was before training. */
  readonly base: WritingModel;
  readonly context: number;
  readonly seed: number;
  readonly settings: SamplesConfiguration;
  /** Rejects with a UserError where nothing can be asked or answered. */
  readonly prompts: () => Promise<SamplePrompts>;
}

/** Writes into samples.jsonl what the model of a run answers to its prompts. Reads what trains, changes nothing of it. */
export class RunSampler {
  constructor(private readonly run: SampledRun) {}

  /** Throws a UserError where nothing can be asked or answered, as with a model without tokenizer. */
  async requirePrompts(): Promise<void> {
    await this.run.prompts();
  }

  /** Whether samples of a step are there already. */
  async has(step: number): Promise<boolean> {
    for await (const line of eachLine(this.run.log.paths.samples)) {
      const sample = parseSample(line);
      if (sample?.kind === 'sample' && sample.step === step) return true;
    }
    return false;
  }

  /**
   * Samples of a step, all at once when they are done. What the base answers is written before, where it is not known
   * yet and can still be told: `isBaseWhole` says whether nothing was merged into the weights. Throws a UserError where
   * the model predicts NaN, the signal's reason when aborted.
   */
  async sample(step: number, adapters: AdapterSet, isBaseWhole: boolean, signal: AbortSignal): Promise<void> {
    const { log, runtime, model, base } = this.run;
    try {
      if (isBaseWhole && !(await this.knowsBase())) await log.samples(await this.write('base', step, base, signal));
      await log.samples(await this.write('sample', step, { ...model, adapters }, signal));
    } finally {
      runtime.forget();
    }
  }

  private async write(
    kind: SampleLine['kind'],
    step: number,
    model: WritingModel,
    signal: AbortSignal,
  ): Promise<SampleLine[]> {
    const { runtime, context, seed, settings } = this.run;
    const { tokenizer, prompts } = await this.run.prompts();
    const { temperature, maxTokens } = settings;
    const written = await generateTogether(
      runtime,
      model,
      tokenizer,
      prompts.map(({ tokens }) => tokens),
      { sampling: { temperature }, maxTokens, context, seed, signal },
    );
    return written.flatMap(({ text, tokens, reason }, index) => {
      const prompt = prompts[index];
      if (prompt === undefined) return [];
      const { text: asked, expected, tokens: given } = prompt;
      const place = { kind, step, index, prompt: asked, text, expected };
      return [{ ...place, promptTokens: given.length, tokens, reason, maxTokens, temperature, seed }];
    });
  }

  /** Whether the answers of the base to these very prompts are in the file. */
  private async knowsBase(): Promise<boolean> {
    const { log, settings } = this.run;
    const { prompts } = await this.run.prompts();
    const missing = new Set(prompts.map(({ text }) => text));
    for await (const line of eachLine(log.paths.samples)) {
      const sample = parseSample(line);
      if (sample?.kind !== 'base') continue;
      if (sample.maxTokens === settings.maxTokens && sample.temperature === settings.temperature) {
        missing.delete(sample.prompt);
      }
    }
    return missing.size === 0;
  }
}
