import { cp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { generate } from '../../../src/engine/inference/generate';
import { prepareRun } from '../../../src/engine/rpc/prepareRun';
import { RunControl } from '../../../src/engine/runControl';
import { isSampleDue } from '../../../src/engine/training/samples/sampleDue';
import { trainRun } from '../../../src/engine/training/trainRun';
import { readLines } from '../../../src/run/lineFile';
import { parseMetric } from '../../../src/run/metrics';
import { runPaths } from '../../../src/run/runDirectory';
import { parseSample, type SampleLine } from '../../../src/run/samples';
import { readStatus } from '../../../src/run/status';
import { MODEL, prepareShortRun, PROGRAM, wordsFolder, type Change } from '../../support/shortRun';

const PROMPT = 'Pronounce: matrix\n';
let folder: string;

beforeEach(async () => {
  folder = await wordsFolder('mora-samples-');
});

afterEach(() => rm(folder, { recursive: true }));

const prepared = (name: string, change: Change): Promise<string> => prepareShortRun(folder, name, change);

async function train(name: string, change: Change, control = new RunControl()): Promise<string> {
  const root = await prepared(name, change);
  await trainRun(root, control, PROGRAM);
  return root;
}

async function samplesOf(root: string): Promise<SampleLine[]> {
  const lines = await readLines(runPaths(root).samples);
  return lines.map((line) => parseSample(line)!);
}

/** Every figure of the metrics that does not depend on the clock or the machine. */
async function curve(root: string): Promise<unknown[]> {
  return (await readLines(runPaths(root).metrics)).map((line) => {
    const metric = parseMetric(line)!;
    return metric.kind === 'step' ? [metric.step, metric.loss, metric.gradNorm] : [metric.step, metric.loss];
  });
}

const adapterOf = (root: string, step: number): string =>
  join(runPaths(root).checkpoints, `step-${String(step).padStart(7, '0')}`);

async function answer(adapter?: string): Promise<string> {
  const signal = new AbortController().signal;
  const params = { model: MODEL, prompt: PROMPT, maxTokens: 6, temperature: 0, seed: 0 };
  return (await generate({ ...params, ...(adapter && { adapter }) }, () => undefined, signal)).text;
}

const samples = { prompts: [PROMPT, 'Pronounce: a\n'], maxTokens: 6 };

const METHODS: [string, Change][] = [
  ['rotation', { adapter: { mode: 'rotation' } }],
  ['sharing', { adapter: { mode: 'sharing' } }],
  ['LoRA', { adapter: { method: 'lora' } }],
  ['parts of the model trained in full', { adapter: { alsoTrain: ['embeddings', 'head', 'norms'] } }],
  ['ReMoRA', { training: { remora: { mergeEvery: 2, restartWarmup: 1 } } }],
];

describe('samples of a run', () => {
  it.each(METHODS)(
    'are what the checkpoint of their step writes, beside what the base writes: %s',
    async (_, change) => {
      const root = await train('run', { ...change, training: { ...change.training, samples } });
      const lines = await samplesOf(root);
      expect(lines.map(({ kind, step, index }) => `${kind} ${step} ${index}`)).toEqual([
        ...['base 0 0', 'base 0 1', 'sample 0 0', 'sample 0 1'],
        ...['sample 3 0', 'sample 3 1', 'sample 6 0', 'sample 6 1'],
      ]);
      const text = (kind: string, step: number): string =>
        lines.find((line) => line.kind === kind && line.step === step && line.prompt === PROMPT)!.text;
      const base = await answer();
      expect(text('base', 0)).toBe(base);
      // Before the first step ΔW is 0.
      expect(text('sample', 0)).toBe(base);
      expect(text('sample', 6)).toBe(await answer(adapterOf(root, 6)));
      expect(text('sample', 6)).not.toBe(base);
    },
  );

  it.each([
    ['float32', {}],
    ['int8', { compute: { base: 'int8' } }],
    [
      'int8, parts trained in full',
      { compute: { base: 'int8' }, adapter: { alsoTrain: ['embeddings', 'head', 'norms'] } },
    ],
    ['ReMoRA', { training: { remora: { mergeEvery: 2, restartWarmup: 1 } } }],
  ] as [string, Change][])('leave the losses and the adapter as they were to the last bit: %s', async (_, change) => {
    const without = await train('without', change);
    const every = { ...samples, every: 2, temperature: 0.8 };
    const having = await train('with', { ...change, training: { ...change.training, samples: every } });
    expect(await curve(having)).toEqual(await curve(without));
    const [a, b] = await Promise.all(
      [without, having].map((root) => readFile(join(adapterOf(root, 6), 'adapter_model.safetensors'))),
    );
    expect(a!.equals(b!)).toBe(true);
    expect((await samplesOf(having)).filter(({ kind }) => kind === 'sample')).toHaveLength(8);
  });

  it('are taken back with the metrics when a run goes on from an earlier checkpoint, and made again the same', async () => {
    const change = { training: { samples: { ...samples, every: 3, temperature: 0.7 }, keep: 0 } };
    const whole = await train('whole', change);
    const before = await samplesOf(whole);
    await cp(whole, join(folder, 'broken'), { recursive: true });
    const broken = join(folder, 'broken');
    await rm(adapterOf(broken, 6), { recursive: true });
    const { samples: file } = runPaths(broken);
    await writeFile(file, `${await readFile(file, 'utf8')}{"kind":"sample","step":6,"te`);
    await trainRun(broken, new RunControl(), PROGRAM);
    expect(await samplesOf(broken)).toEqual(before);
  });

  it('of a checkpoint at which the run ended before they were written are made when it goes on', async () => {
    const root = await train('run', { training: { samples, keep: 0 } });
    const { samples: file } = runPaths(root);
    const all = await samplesOf(root);
    await rm(adapterOf(root, 6), { recursive: true });
    await writeFile(file, all.flatMap((line) => (line.step === 0 ? [`${JSON.stringify(line)}\n`] : [])).join(''));
    await trainRun(root, new RunControl(), PROGRAM);
    expect(await samplesOf(root)).toEqual(all);
  });

  it('begin examples that are held out, and say how these go on', async () => {
    const root = await train('run', { training: { samples: { prompts: 2, maxTokens: 5 } } });
    const prompts = (await samplesOf(root)).filter(({ kind }) => kind === 'base');
    expect(prompts).toHaveLength(2);
    for (const { prompt, expected } of prompts) {
      const word = /^Pronounce: (\w+)\n$/.exec(prompt)![1]!;
      expect(`${word} ${word}`.startsWith(expected!)).toBe(true);
    }
  });

  it('are made on request, also of a run that has none of its own and that is paused', async () => {
    const control = new RunControl();
    expect(() => control.sample()).toThrow(/has not begun/);
    const root = await prepared('run', { training: { steps: 4 } });
    control.pause();
    const trained = trainRun(root, control, PROGRAM);
    const { status, samples: file } = runPaths(root);
    await expect.poll(async () => (await readStatus(status))?.state, { timeout: 30_000 }).toBe('paused');
    expect(await readLines(file)).toEqual([]);
    control.sample();
    await expect.poll(async () => (await readLines(file)).length, { timeout: 30_000 }).toBe(4);
    control.resume();
    await trained;
    // Two held-out examples, though three would be taken, each answered by the base and after the first step.
    expect((await samplesOf(root)).map(({ kind, step }) => `${kind} ${step}`)).toEqual([
      ...['base 1', 'base 1', 'sample 1', 'sample 1'],
    ]);
  });

  it('cannot be asked of a model without tokenizer, in a sentence, and the run trains all the same', async () => {
    const control = new RunControl();
    const oracle = join(__dirname, '../../fixtures/oracle/llama');
    const ids = JSON.stringify({ input_ids: Array.from({ length: 12 }, (_, t) => 3 * t) });
    await writeFile(join(folder, 'ids.jsonl'), `${ids}\n${ids}\n`);
    const { root } = await prepareRun({
      configurationFile: join(folder, 'a.mora.json'),
      text: JSON.stringify({
        model: oracle,
        data: { train: 'ids.jsonl', validation: 0, maxLength: 32 },
        training: { steps: 2, batchSize: 2 },
        compute: { device: 'cpu' },
      }),
      root: join(folder, 'run'),
    });
    await trainRun(root, control, PROGRAM);
    expect(() => control.sample()).toThrow(/has no tokenizer\.json/);
    expect((await readStatus(runPaths(root).status))?.state).toBe('finished');
  });

  it('refuse a prompt that the model cannot take before anything trains, by the name of its field', async () => {
    const prompts = [PROMPT, [{ role: 'assistant', content: 'Hello' }]];
    const root = await prepared('run', { training: { samples: { prompts } } });
    await expect(trainRun(root, new RunControl(), PROGRAM)).rejects.toThrow(
      /^"training\.samples\.prompts\[1\]": the last message is the assistant's/,
    );
    expect(await readLines(runPaths(root).metrics)).toEqual([]);
  });
});

describe('samples are due', () => {
  const due = (training: Partial<Parameters<typeof isSampleDue>[0]>, evaluates: boolean): number[] =>
    Array.from({ length: 11 }, (_, step) => step).filter((step) =>
      isSampleDue(
        {
          samples: { prompts: 1, every: null, maxTokens: 8, temperature: 0 },
          ...{ evaluateEvery: 4, saveEvery: 3 },
          ...training,
        },
        step,
        { evaluates, isLast: step === 10 },
      ),
    );

  it('where the run evaluates, begins and ends', () => expect(due({}, true)).toEqual([0, 4, 8, 10]));
  it('where it saves when it evaluates nothing', () => expect(due({}, false)).toEqual([0, 3, 6, 9, 10]));
  it('at the ends alone when it does neither', () => expect(due({ saveEvery: 0 }, false)).toEqual([0, 10]));
  it('never without a wish', () => expect(due({ samples: null }, true)).toEqual([]));
  it('as often as asked', () =>
    expect(due({ samples: { prompts: 1, every: 5, maxTokens: 8, temperature: 0 } }, true)).toEqual([0, 5, 10]));
});
