import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { threadCount } from '../src/engine/runtime/threads';
import { batchLayout, microBatches } from '../src/engine/training/microBatches';
import { openRuntimes } from '../src/engine/training/openRuntimes';
import { REPLICA_TOKENS, replicaCounts } from '../src/engine/training/replicaCount';
import { trainStep } from '../src/engine/training/trainStep';
import { opKind, type OpKind } from './opKinds';
import { opMilliseconds, runMilliseconds, type ProfileEvent } from './profileTimes';
import { openRandomTrainer, type RandomTrainerOptions } from './randomTrainer';

interface Options extends RandomTrainerOptions {
  readonly batch: number;
  readonly steps: number;
  readonly warmup: number;
  /** An empty folder for what ONNX Runtime's profiler writes; without one nothing is profiled. */
  readonly profiles?: string;
}

/** Milliseconds of one step, the mean of the measured ones; of replicas that work side by side the mean, too. */
export interface StepProfile {
  readonly step: number;
  readonly replicas: number;
  /** Of programs, as ONNX Runtime counts it; 0 unless profiled. */
  readonly runs: number;
  /** By kind and type of op. */
  readonly ops: Readonly<Partial<Record<OpKind, Readonly<Record<string, number>>>>>;
}

const RATE = 1e-4;

/** Trains some steps as a run does and prints where their time went, as one line of JSON. */
async function stepProfile(options: Options): Promise<void> {
  const { base, batch, length, steps, warmup, profiles } = options;
  const threads = threadCount();
  const [replicas = 1] = replicaCounts({ base, threads, batchSize: batch, longest: length });
  const profile = profiles === undefined ? {} : { profile: join(profiles, 'ops') };
  const runtimes = await openRuntimes('cpu', { threads, ...profile }, replicas);
  const trainer = await openRandomTrainer(runtimes.all, options);
  const layout = { ...batchLayout(length, length, replicas > 1 ? REPLICA_TOKENS : undefined), replicas };
  let began = 0;
  for (let step = 0; step < warmup + steps; step++) {
    if (step === warmup) began = performance.now();
    const { updated } = (await trainStep(trainer, microBatches(trainer.examples(batch), layout), step + 1, RATE)) ?? {};
    if (updated !== true) throw new Error('loss or gradient are no numbers');
  }
  const total = performance.now() - began;
  // Ends the profiles.
  await trainer.close();
  runtimes.close();
  const ops: Partial<Record<OpKind, Record<string, number>>> = {};
  let runs = 0;
  for (const file of profiles === undefined ? [] : await readdir(profiles)) {
    const events = JSON.parse(await readFile(join(profiles ?? '', file), 'utf8')) as ProfileEvent[];
    const counted = { warmup, steps: warmup + steps };
    runs += runMilliseconds(events, counted) / steps / replicas;
    for (const [op, milliseconds] of opMilliseconds(events, counted)) {
      const ofKind = (ops[opKind(op)] ??= {});
      ofKind[op] = (ofKind[op] ?? 0) + milliseconds / steps / replicas;
    }
  }
  const measured: StepProfile = { step: total / steps, replicas, runs, ops };
  process.stdout.write(`${JSON.stringify(measured)}\n`);
}

void stepProfile(JSON.parse(process.argv[2] ?? '{}') as Options);
