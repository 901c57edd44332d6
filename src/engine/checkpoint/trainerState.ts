import { join } from 'node:path';
import { z } from 'zod';
import { shortened } from '../../config/shortened';
import { UserError } from '../../config/userError';
import { atomicWrite } from '../../run/atomicWrite';
import { readJsonObject } from '../weights/jsonFile';

const TRAINER_STATE = 'trainer_state.json';
const TRAINER_STATE_VERSION = 2;
/** Version 1 knew neither merges nor evaluations; where they are missing there were none. */
const READABLE_VERSIONS = [1, TRAINER_STATE_VERSION] as const;

const trainerStateSchema = z.object({
  version: z.literal(READABLE_VERSIONS),
  /** Optimizer steps done. */
  step: z.int().min(0),
  totalSteps: z.int().min(1),
  seed: z.int().min(0),
  /** Examples trained on: with the seed it fixes their order. */
  trainExamples: z.int().min(1),
  /** Key of their content. Absent in checkpoints of before it was written: then only the count is compared. */
  data: z.string().optional(),
  /** Training tokens seen, padding not counted. */
  tokens: z.int().min(0),
  /** Spent training, pauses left out. */
  seconds: z.number().min(0),
  /** Fingerprint of what must not change when the run is resumed. */
  configuration: z.string(),
  /** Steps after which the adapter was merged into the base in this run (ReMoRA), rising. */
  mergeSteps: z.array(z.int().min(1)).default([]),
  /** The lowest validation loss so far whose checkpoint is kept, and its step. */
  best: z
    .object({ step: z.int().min(1), loss: z.number() })
    .nullable()
    .default(null),
  /** Whether the run ended before it had measured the validation loss that is due at this step. */
  evaluationPending: z.boolean().default(false),
  /** Early stopping: the lowest validation loss that counted, and how many evaluations have not gone below it since. */
  patience: z.object({ lowest: z.number().nullable(), waited: z.int().min(0) }).default({ lowest: null, waited: 0 }),
});

/** Where a training run stands, beside its parameters and its optimizer's state. */
export type TrainerState = Omit<z.output<typeof trainerStateSchema>, 'version'>;

export async function writeTrainerState(folder: string, state: TrainerState): Promise<void> {
  const json = { version: TRAINER_STATE_VERSION, ...state };
  await atomicWrite(join(folder, TRAINER_STATE), `${JSON.stringify(json, null, 2)}\n`);
}

/** Throws a UserError when the file is missing, malformed or of another version. */
export async function readTrainerState(folder: string): Promise<TrainerState> {
  const file = join(folder, TRAINER_STATE);
  const json = await readJsonObject(file);
  if (!READABLE_VERSIONS.some((version) => version === json.version)) {
    throw new UserError(
      `${file}: is of version ${shortened(JSON.stringify(json.version ?? null))}; resume with the MoRA Studio that wrote it.`,
    );
  }
  const parsed = trainerStateSchema.safeParse(json);
  if (!parsed.success) {
    throw new UserError(
      `${file}: "${parsed.error.issues[0]?.path.join('.') ?? ''}" is missing or of the wrong kind; resume from another checkpoint.`,
    );
  }
  const { version: _, ...state } = parsed.data;
  return state;
}
