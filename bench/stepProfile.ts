import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { onnxRuntime } from '../src/engine/runtime/onnxruntime';
import type { Executable, Runtime } from '../src/engine/runtime/runtime';
import { threadCount } from '../src/engine/runtime/threads';
import { batchLayout, microBatches } from '../src/engine/training/microBatches';
import { trainStep } from '../src/engine/training/trainStep';
import { opKind, type OpKind } from './opKinds';
import { opMilliseconds, type ProfileEvent } from './profileTimes';
import { openRandomTrainer, type RandomTrainerOptions } from './randomTrainer';

interface Options extends RandomTrainerOptions {
  readonly batch: number;
  readonly steps: number;
  readonly warmup: number;
  /** An empty folder for what ONNX Runtime's profiler writes; without one nothing is profiled. */
  readonly profiles?: string;
}

/** Milliseconds of one step, the mean of the measured ones. */
export interface StepProfile {
  readonly step: number;
  /** Of calls into ONNX Runtime, its binding included. */
  readonly calls: number;
  /** By kind and type of op. */
  readonly ops: Readonly<Partial<Record<OpKind, Readonly<Record<string, number>>>>>;
}

const RATE = 1e-4;

/** Trains some steps as a run does and prints where their time went, as one line of JSON. */
async function stepProfile(options: Options): Promise<void> {
  const { batch, length, steps, warmup, profiles } = options;
  const calls = { milliseconds: 0 };
  const trainer = await openRandomTrainer(timedRuntime(calls, profiles), options);
  const layout = batchLayout(length, length);
  let began = 0;
  for (let step = 0; step < warmup + steps; step++) {
    if (step === warmup) {
      calls.milliseconds = 0;
      began = performance.now();
    }
    const { updated } = (await trainStep(trainer, microBatches(trainer.examples(batch), layout), step + 1, RATE)) ?? {};
    if (updated !== true) throw new Error('loss or gradient are no numbers');
  }
  const total = performance.now() - began;
  const inCalls = calls.milliseconds;
  // Ends the profiles.
  await trainer.close();
  const ops: Partial<Record<OpKind, Record<string, number>>> = {};
  for (const file of profiles === undefined ? [] : await readdir(profiles)) {
    const events = JSON.parse(await readFile(join(profiles ?? '', file), 'utf8')) as ProfileEvent[];
    for (const [op, milliseconds] of opMilliseconds(events, { warmup, steps: warmup + steps })) {
      const ofKind = (ops[opKind(op)] ??= {});
      ofKind[op] = (ofKind[op] ?? 0) + milliseconds / steps;
    }
  }
  const profile: StepProfile = { step: total / steps, calls: inCalls / steps, ops };
  process.stdout.write(`${JSON.stringify(profile)}\n`);
}

/** The CPU's runtime, which adds up the time of its programs' runs and gives each a profile of its own. */
function timedRuntime(calls: { milliseconds: number }, profiles: string | undefined): Runtime {
  const threads = threadCount();
  let programs = 0;
  return {
    ...onnxRuntime({ threads }),
    compile: async (program): Promise<Executable> => {
      // Profiles of sessions that begin within a second would be one file.
      const profile = profiles === undefined ? {} : { profile: join(profiles, String(programs++)) };
      const executable = await onnxRuntime({ threads, ...profile }).compile(program);
      return {
        run: async (inputs, outputs) => {
          const start = performance.now();
          await executable.run(inputs, outputs);
          calls.milliseconds += performance.now() - start;
        },
        dispose: () => executable.dispose(),
      };
    },
  };
}

void stepProfile(JSON.parse(process.argv[2] ?? '{}') as Options);
