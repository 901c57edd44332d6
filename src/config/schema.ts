import { z } from 'zod';
import { MORA_MODE_NAMES, MORA_MODES, modeOfType, type MoraMode } from './mode';

// Bounds that no sensible run meets; they keep a typo from becoming an allocation of terabytes.
const MAX_RANK = 65_536;
const MAX_STEPS = 1_000_000_000;
const MAX_BATCH = 1_048_576;
const MAX_LENGTH = 1_048_576;

const modeNumbers = Object.values(MORA_MODES).map((mode) => mode.type);

const mode = z
  .union([z.enum(MORA_MODE_NAMES), z.literal(modeNumbers)])
  .transform((value): MoraMode => (typeof value === 'string' ? value : (modeOfType(value) ?? 'sharing')))
  .meta({
    description:
      'How M is spread over ΔW: a name or the official mora_type. ' +
      MORA_MODE_NAMES.map((name) => `${name} (${MORA_MODES[name].type}): ${MORA_MODES[name].summary}`).join(' '),
  });

const count = (max: number) => z.int().min(1).max(max);

const data = z
  .strictObject({
    train: z.string().min(1).meta({
      description:
        'JSON Lines file to train on. Each line has "text", or "prompt" and "completion", or "input_ids" (and "labels").',
    }),
    validation: z
      .union([z.number().min(0), z.string().min(1)])
      .default(0.05)
      .meta({
        description:
          'Held-out examples: a share of the training file (below 1), a count (1 and above), a file, or 0 for none.',
      }),
    maxLength: z.int().min(2).max(MAX_LENGTH).default(512).meta({
      description: 'Longest example in tokens; longer ones are cut at the end.',
    }),
  })
  .meta({ description: 'What to learn from.' });

const adapter = z
  .strictObject({
    method: z.enum(['mora', 'lora', 'full']).default('mora').meta({
      description:
        'mora: one square matrix per layer, high rank. lora: two thin matrices, rank r. full: every entry of ΔW.',
    }),
    mode: mode.default('rotation'),
    rank: count(MAX_RANK).default(8).meta({
      description:
        'The LoRA-equal rank r: the adapter has as many parameters as LoRA of this rank. For MoRA r̂ = √((dIn + dOut)·r).',
    }),
    alpha: z.number().positive().nullable().default(null).meta({
      description: 'LoRA only: ΔW = (alpha/rank)·B·A. null means 2·rank. MoRA has no scaling.',
    }),
    layers: z
      .union([
        z.literal('all'),
        z
          .string()
          .regex(/^\s*\d+(\s*-\s*\d+)?(\s*,\s*\d+(\s*-\s*\d+)?)*\s*$/, 'must be "all" or ranges such as "0-5,11"'),
        z.array(z.int().min(0)),
      ])
      .default('all')
      .meta({ description: 'Which decoder layers to adapt: "all", ranges such as "0-5,11", or a list.' }),
    modules: z
      .union([z.literal('all'), z.array(z.string().min(1)).min(1)])
      .default('all')
      .meta({ description: 'Which linear layers of a block to adapt, by name (q_proj, …), or "all".' }),
    targets: z
      .record(z.string().regex(/^\d+$/), z.array(z.string().min(1)))
      .nullable()
      .default(null)
      .meta({
        description:
          'Exact choice, layer by layer, over "layers" and "modules": {"0": ["q_proj"], "3": ["q_proj", "v_proj"]}.',
      }),
    initial: z.string().min(1).nullable().default(null).meta({
      description: 'Adapter folder to continue from (adapter_config.json and adapter_model.safetensors).',
    }),
  })
  .meta({ description: 'What is trained: the structure of ΔW and where it sits.' });

const training = z
  .strictObject({
    steps: count(MAX_STEPS).nullable().default(null).meta({ description: 'Optimizer steps; null to follow epochs.' }),
    epochs: z
      .number()
      .positive()
      .max(1_000_000)
      .default(1)
      .meta({ description: 'Passes over the data, when steps is null.' }),
    batchSize: count(MAX_BATCH).default(16).meta({
      description: 'Examples per optimizer step. Packing and micro-batches do not change the loss.',
    }),
    learningRate: z.number().min(0).max(10).default(3e-4).meta({
      description: 'Peak learning rate. Sharing modes want that of full fine-tuning, rotation about that of LoRA.',
    }),
    schedule: z
      .enum(['constant', 'linear', 'cosine'])
      .default('cosine')
      .meta({ description: 'Learning rate after warm-up.' }),
    warmup: z.number().min(0).max(MAX_STEPS).default(0.03).meta({
      description: 'Linear warm-up: a share of all steps (below 1) or a number of steps (1 and above).',
    }),
    weightDecay: z.number().min(0).max(10).default(0).meta({ description: 'Decoupled weight decay of AdamW.' }),
    betas: z
      .tuple([z.number().min(0).lt(1), z.number().min(0).lt(1)])
      .default([0.9, 0.999])
      .meta({ description: 'AdamW β₁ and β₂.' }),
    epsilon: z.number().positive().max(1).default(1e-8).meta({ description: 'AdamW ε.' }),
    clipNorm: z
      .number()
      .min(0)
      .default(1)
      .meta({ description: 'Clip the gradient to this global norm; 0 means never.' }),
    seed: z
      .int()
      .min(0)
      .max(0xffff_ffff)
      .default(0)
      .meta({ description: 'Seed of shuffling, of the validation split and of initial values.' }),
    evaluateEvery: z.int().min(0).default(50).meta({ description: 'Steps between evaluations; 0 means never.' }),
    saveEvery: z.int().min(0).default(100).meta({ description: 'Steps between checkpoints; 0 means only at the end.' }),
    keep: z.int().min(0).default(3).meta({ description: 'How many checkpoints to keep; 0 keeps all.' }),
  })
  .meta({ description: 'How it is trained.' });

const compute = z
  .strictObject({
    device: z.enum(['auto', 'cpu']).default('auto').meta({ description: 'Where the graph runs.' }),
    base: z.enum(['auto', 'float32']).default('auto').meta({ description: 'Number format of the frozen weights.' }),
    threads: count(1024).nullable().default(null).meta({ description: 'Threads; null means one per physical core.' }),
    memory: z.number().positive().nullable().default(null).meta({
      description: 'Memory for activations, in GiB; null means half of what the machine has free.',
    }),
  })
  .meta({ description: 'Where and with what it runs.' });

/** One fine-tune, completely: the content of a `*.mora.json` document. */
export const configurationSchema = z
  .strictObject({
    $schema: z.string().optional(),
    model: z.string().min(1).meta({ description: 'Hugging Face model folder (config.json and *.safetensors).' }),
    data,
    adapter: adapter.prefault({}),
    training: training.prefault({}),
    compute: compute.prefault({}),
  })
  .meta({ title: 'MoRA fine-tune', description: 'One fine-tune of MoRA Studio, completely.' });

export type Configuration = z.output<typeof configurationSchema>;
export type ConfigurationInput = z.input<typeof configurationSchema>;
export type AdapterConfiguration = Configuration['adapter'];
export type TrainingConfiguration = Configuration['training'];
