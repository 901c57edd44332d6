import { z } from 'zod';
import { DEVICES } from './devices';
import { MORA_MODE_NAMES, MORA_MODES, modeOfType, type MoraMode } from './mode';

// Bounds that no sensible run meets; they keep a typo from becoming an allocation of terabytes.
const MAX_RANK = 65_536;
const MAX_STEPS = 1_000_000_000;
const MAX_BATCH = 1_048_576;
const MAX_LENGTH = 1_048_576;
// Samples are for a person to read, and training waits for them.
const MAX_SAMPLE_PROMPTS = 16;
const MAX_SAMPLE_TOKENS = 1024;

const modeNumbers = Object.values(MORA_MODES).map((mode) => mode.type);

/** What a field of an example can be; `data.fields` maps these to the names that a dataset uses. */
export const FIELD_ROLES = [
  'text',
  'prompt',
  'completion',
  'system',
  'input',
  'messages',
  'input_ids',
  'labels',
] as const;

const mode = z
  .union([z.enum(MORA_MODE_NAMES), z.literal(modeNumbers)])
  .transform((value): MoraMode => (typeof value === 'string' ? value : (modeOfType(value) ?? 'sharing')))
  .meta({
    description:
      'How M is spread over ΔW: a name or the official mora_type. ' +
      MORA_MODE_NAMES.map((name) => `${name} (${MORA_MODES[name].type}): ${MORA_MODES[name].summary}`).join(' '),
  });

const count = (max: number) => z.int().min(1).max(max);

const source = z.string().min(1);

const data = z
  .strictObject({
    train: z.union([source, z.array(source).min(1)]).meta({
      description:
        'What to train on: a file, a folder, a pattern such as "data/*.jsonl", or a list of these. JSON Lines, JSON, CSV, Parquet or plain text. ' +
        'An example has "messages", or "prompt" and "completion", or "text", or "input_ids" (and "labels"); alpaca and sharegpt shapes are recognised.',
    }),
    validation: z
      .union([z.number().min(0), z.string().min(1)])
      .default(0.05)
      .meta({
        description:
          'Held-out examples: a share of the training file (below 1), a count (1 and above), a file, or 0 for none.',
      }),
    maxLength: z.int().min(2).max(MAX_LENGTH).default(512).meta({
      description: 'Longest example in tokens; "longer" says what becomes of longer ones.',
    }),
    longer: z
      .enum(['auto', 'windows', 'cut', 'drop'])
      .default('auto')
      .meta({
        description:
          'What becomes of an example longer than maxLength. windows: it is split into several. cut: its end is lost. drop: it is left out. ' +
          'auto: plain texts become windows, everything else is cut.',
      }),
    fields: z.partialRecord(z.enum(FIELD_ROLES), z.string().min(1)).default({}).meta({
      description:
        'Names of the fields in your data where they differ: {"prompt": "question", "completion": "answer"}.',
    }),
    template: z.string().min(1).nullable().default(null).meta({
      description: 'File with a chat template (Jinja) for "messages", instead of the model\'s own.',
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
      description:
        'LoRA only: ΔW = (alpha/rank)·B·A. null means 2·rank, or 16 where rank-stabilised. MoRA has no scaling.',
    }),
    rankStabilised: z.boolean().default(false).meta({
      description: 'LoRA only: scale by alpha/√rank instead of alpha/rank (rsLoRA), so that large ranks learn as fast.',
    }),
    normalized: z.boolean().default(false).meta({
      description:
        'MoRA only: compression and decompression of unit scale, so that ΔW has the singular values of the trained matrix. Folded into M when saved.',
    }),
    alsoTrain: z
      .array(z.enum(['embeddings', 'head', 'norms']))
      .default([])
      .meta({ description: 'Parts of the model trained in full next to the adapter.' }),
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

/** A message of a prompt, as in the data. */
const message = z.looseObject({ role: z.string().min(1), content: z.string() });

const samples = z.strictObject({
  prompts: z
    .union([
      count(MAX_SAMPLE_PROMPTS),
      z
        .array(z.union([z.string().min(1), z.array(message).min(1)]))
        .min(1)
        .max(MAX_SAMPLE_PROMPTS),
    ])
    .default(3)
    .meta({
      description:
        'What is answered: texts, or conversations as lists of messages. A number takes the beginnings of so many validation examples; of training examples where nothing is held out.',
    }),
  every: count(MAX_STEPS).nullable().default(null).meta({
    description: 'Steps between samples; null means at each evaluation, or at each checkpoint where there is none.',
  }),
  maxTokens: count(MAX_SAMPLE_TOKENS).default(64).meta({ description: 'Most tokens of an answer.' }),
  temperature: z.number().min(0).max(2).default(0).meta({
    description: '0 takes the likeliest token each time; above it draws, with the seed of the run.',
  }),
});

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
    learningRate: z
      .union([z.literal('auto'), z.number().min(0).max(10)])
      .default('auto')
      .meta({
        description:
          'Peak learning rate. Sharing modes want that of full fine-tuning, rotation about that of LoRA; auto chooses by method and mode and says why.',
      }),
    learningRateRatio: z.number().positive().max(1000).default(1).meta({
      description: 'LoRA only: learning rate of B over that of A (LoRA+); 1 means the same.',
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
    keepBest: z.boolean().default(true).meta({
      description: 'Save at each evaluation that is the best so far, and never delete that checkpoint.',
    }),
    earlyStopping: z
      .strictObject({
        patience: count(MAX_STEPS).default(3).meta({ description: 'Evaluations without improvement before it stops.' }),
        minimumGain: z
          .number()
          .min(0)
          .default(0)
          .meta({ description: 'Smaller falls of the validation loss do not count.' }),
      })
      .nullable()
      .default(null)
      .meta({ description: 'Stop when the validation loss no longer falls; null means never.' }),
    samples: samples.nullable().default(null).meta({
      description: 'What the model writes as it learns, beside what the base writes; null means only when asked.',
    }),
    remora: z
      .strictObject({
        mergeEvery: count(MAX_STEPS).meta({ description: 'Steps between merges.' }),
        restartWarmup: z.int().min(0).max(MAX_STEPS).default(50).meta({
          description: 'Steps over which the learning rate rises again after a merge.',
        }),
        schedule: z.enum(['jagged', 'cosine']).default('jagged').meta({
          description:
            'jagged: one cosine over the whole run, interrupted by the restarts. cosine: each restart begins a cosine of its own from where the last one ended.',
        }),
        regroup: z.enum(['cycle', 'permutation']).default('permutation').meta({
          description:
            'How the next M is spread. cycle: the types 1, 2, 3, 4 in turn, as in the paper; rank stops near 2r̂. permutation: rows and columns shuffled at each merge; rank grows to full.',
        }),
      })
      .nullable()
      .default(null)
      .meta({
        description:
          'ReMoRA (ReLoRA for method lora): every so many steps ΔW is merged into the base and a fresh adapter begins; null means never.',
      }),
  })
  .meta({ description: 'How it is trained.' });

const compute = z
  .strictObject({
    device: z
      .enum(['auto', ...DEVICES])
      .default('auto')
      .meta({
        description:
          'Where it trains. webgpu: on a graphics card of any make. auto measures a block of the model on the CPU and on WebGPU and takes the faster one. ' +
          'The others are TensorFlow.js, where its packages are installed: tfjs-node-gpu (NVIDIA card), tfjs-node, tfjs-wasm, tfjs-cpu.',
      }),
    base: z.enum(['auto', 'float32', 'int8']).default('auto').meta({
      description:
        'Number format of the frozen weights. int8 computes with bytes, forward and backward: about twice as fast and half the memory, for a little rounding.',
    }),
    threads: count(1024).nullable().default(null).meta({ description: 'Threads; null means one per physical core.' }),
    memory: z.number().positive().nullable().default(null).meta({
      description:
        'Most memory to use, in GiB: decides micro-batches, what is computed again, and whether weights stay on disk. null means most of what is free.',
    }),
  })
  .meta({ description: 'Where and with what it runs.' });

/** One fine-tune, completely: the content of a `*.mora.json` document. */
export const configurationSchema = z
  .strictObject({
    $schema: z.string().optional(),
    model: z
      .union([
        z.string().min(1),
        z.strictObject({
          config: z.string().min(1).meta({ description: 'Folder or hub id with config.json and tokenizer.json.' }),
        }),
      ])
      .meta({
        description:
          'Hugging Face model folder, or hub id ("org/name", "org/name@revision"); {"config": folder} starts from random weights.',
      }),
    data,
    adapter: adapter.prefault({}),
    training: training.prefault({}),
    compute: compute.prefault({}),
  })
  .meta({ title: 'MoRA fine-tune', description: 'One fine-tune of MoRA Studio, completely.' });

/** Samples as they are made when a person asks a run that has none of its own. */
export const DEFAULT_SAMPLES: SamplesConfiguration = samples.parse({});

export type FieldRole = (typeof FIELD_ROLES)[number];
export type ModelReference = Configuration['model'];
export type Configuration = z.output<typeof configurationSchema>;
export type ConfigurationInput = z.input<typeof configurationSchema>;
export type AdapterConfiguration = Configuration['adapter'];
export type TrainingConfiguration = Configuration['training'];
export type SamplesConfiguration = NonNullable<TrainingConfiguration['samples']>;
