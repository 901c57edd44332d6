import { resolve } from 'node:path';
import { UserError } from '../config/userError';
import type { EngineService } from '../engine/rpc/engineService';
import type { GenerateParams, Generation } from '../engine/rpc/generation';
import { adapterSource, requireFolder, type AdapterSource } from './adapterSource';
import { withEngine } from './engineProgram';
import { hubIdOf } from './hubIdOf';
import { warningLine } from './errorLine';
import { interruptible } from './interruptible';
import { promptSource, type PromptOptions } from './promptSource';
import { paint, standardTerminal } from './terminal';
import { harmlessText } from './visibleText';

export interface GenerateOptions extends PromptOptions {
  readonly adapter?: string;
  readonly best: boolean;
  readonly compare: boolean;
  readonly maxTokens: number;
  readonly temperature: number;
  readonly topK?: number;
  readonly topP?: number;
  readonly repetitionPenalty?: number;
  readonly stop: readonly string[];
  readonly seed: number;
  readonly json: boolean;
  readonly debug: boolean;
}

/** One of the answers to a prompt. */
interface Answer {
  readonly label: string;
  readonly params: GenerateParams;
}

/** `mora generate`: writes what comes after a prompt to stdout as it comes; returns the exit code. */
export async function generate(model: string, options: GenerateOptions): Promise<number> {
  if (hubIdOf(model) === undefined)
    await requireFolder(model, 'a model folder (config.json, *.safetensors, tokenizer.json)');
  if (options.compare && options.adapter === undefined) {
    throw new UserError('--compare shows the model without and with an adapter; give one with --adapter.');
  }
  if (options.best && options.adapter === undefined) {
    throw new UserError("--best chooses a run's best checkpoint; give the run with --adapter.");
  }
  const source = options.adapter === undefined ? undefined : await adapterSource(options.adapter, options.best);
  const answers = await answersFor(model, source, options);
  return interruptible(async (signal) => {
    await withEngine(options.debug, async (engine) => {
      for (const [index, answer] of answers.entries()) {
        if (options.json) await writeJson(engine, answer, signal);
        else await writeText(engine, answer, options.compare ? index : undefined, signal);
      }
    });
  });
}

async function answersFor(
  model: string,
  source: AdapterSource | undefined,
  options: GenerateOptions,
): Promise<readonly Answer[]> {
  const { maxTokens, temperature, topK, topP, repetitionPenalty, stop, seed } = options;
  const base: Answer = {
    label: `base     ${model}`,
    params: {
      model: hubIdOf(model) ?? resolve(model),
      prompt: await promptSource(options, source?.template),
      maxTokens,
      temperature,
      ...(topK !== undefined && { topK }),
      ...(topP !== undefined && { topP }),
      ...(repetitionPenalty !== undefined && { repetitionPenalty }),
      stop,
      seed,
    },
  };
  if (source === undefined) return [base];
  const step = source.step === undefined ? '' : `, step ${source.step}`;
  const adapted = {
    label: `adapter  ${options.adapter ?? ''}${step}`,
    params: { ...base.params, adapter: source.folder },
  };
  return options.compare ? [base, adapted] : [adapted];
}

async function writeJson(engine: EngineService, { params }: Answer, signal: AbortSignal): Promise<void> {
  const generation = await engine.generate(params, () => undefined, signal);
  const { text, tokens, promptTokens, reason, seconds } = generation;
  warn(generation);
  const { model, adapter = null } = params;
  process.stdout.write(`${JSON.stringify({ model, adapter, text, tokens, promptTokens, reason, seconds })}\n`);
}

/** With `place` the answer is one of several, and has its label above it. */
async function writeText(
  engine: EngineService,
  { label, params }: Answer,
  place: number | undefined,
  signal: AbortSignal,
): Promise<void> {
  const title = paint(standardTerminal(), 'bold', label);
  if (place !== undefined) process.stdout.write(`${place > 0 ? '\n' : ''}${title}\n`);
  // A file gets what the model wrote, to the letter.
  const onText = (text: string): void => void process.stdout.write(process.stdout.isTTY ? harmlessText(text) : text);
  warn(await engine.generate(params, onText, signal));
  process.stdout.write('\n');
}

function warn({ warnings }: Generation): void {
  for (const warning of warnings) process.stderr.write(`${warningLine(warning)}\n`);
}
