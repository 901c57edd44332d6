import { DEVICES } from '../../src/config/devices';

/** The fields of the form beyond method and targets, declared once: label, control, and where it stands. */

export type FieldKind =
  | {
      readonly control: 'text';
      readonly pick?: 'model' | 'adapter' | 'data';
      readonly nullable?: true;
      readonly orNumber?: true;
      /** May also be written as JSON: a list, or an object. */
      readonly orJson?: true;
    }
  | {
      readonly control: 'number';
      readonly integer?: true;
      readonly nullable?: true;
      /** A word that stands for a number. */
      readonly word?: string;
    }
  | { readonly control: 'switch' }
  /** An object or list, written as JSON. */
  | { readonly control: 'json'; readonly nullable?: true }
  | { readonly control: 'numbers'; readonly length: number }
  | { readonly control: 'choice'; readonly options: readonly string[] };

export interface FieldSpec {
  /** Dotted path in the document. */
  readonly field: string;
  readonly label: string;
  readonly kind: FieldKind;
  /** Shown in an empty field: what null means. */
  readonly placeholder?: string;
  /** After the value: what it counts. */
  readonly unit?: string;
  /** As wide as the section. */
  readonly wide?: true;
}

export interface SectionSpec {
  readonly id: string;
  readonly title: string;
  readonly fields: readonly FieldSpec[];
  /** Under "More". */
  readonly rare: readonly FieldSpec[];
}

const count = { control: 'number', integer: true } as const;
const number = { control: 'number' } as const;

/** Fields that have a control of their own: the method's pictures, and the grid. */
export const METHOD_FIELDS = ['adapter.method', 'adapter.mode'] as const;
export const GRID_FIELDS = ['adapter.layers', 'adapter.modules', 'adapter.targets'] as const;

export const RANK_FIELD: FieldSpec = {
  field: 'adapter.rank',
  label: 'Rank r',
  kind: { control: 'number', integer: true },
};
export const ALPHA_FIELD: FieldSpec = {
  field: 'adapter.alpha',
  label: 'Alpha α',
  kind: { control: 'number', nullable: true },
  placeholder: '2·rank',
};

export const MODEL_FIELD: FieldSpec = {
  field: 'model',
  label: 'Model',
  kind: { control: 'text', pick: 'model', orJson: true },
  placeholder: 'model folder, or a hub id such as org/name',
  wide: true,
};

export const DATA: SectionSpec = {
  id: 'data',
  title: 'Data',
  fields: [
    {
      field: 'data.train',
      label: 'Train on',
      kind: { control: 'text', pick: 'data', orJson: true },
      placeholder: 'a file, a folder, a pattern, or a list of these',
      wide: true,
    },
    {
      field: 'data.validation',
      label: 'Validate on',
      kind: { control: 'text', pick: 'data', orNumber: true },
      placeholder: '0.05, a count, or a file',
      wide: true,
    },
    { field: 'data.maxLength', label: 'Longest example', kind: count, unit: 'tokens' },
  ],
  rare: [
    {
      field: 'data.longer',
      label: 'Longer ones',
      kind: { control: 'choice', options: ['auto', 'windows', 'cut', 'drop'] },
    },
    {
      field: 'data.fields',
      label: 'Names of fields',
      kind: { control: 'json' },
      placeholder: '{"prompt": "question", "completion": "answer"}',
      wide: true,
    },
    {
      field: 'data.template',
      label: 'Chat template',
      kind: { control: 'text', pick: 'data', nullable: true },
      placeholder: "the model's own",
      wide: true,
    },
  ],
};

export const TRAINING: SectionSpec = {
  id: 'training',
  title: 'Training',
  fields: [
    { field: 'training.steps', label: 'Steps', kind: { ...count, nullable: true }, placeholder: 'by epochs' },
    { field: 'training.epochs', label: 'Epochs', kind: number },
    { field: 'training.batchSize', label: 'Batch size', kind: count, unit: 'examples' },
    { field: 'training.learningRate', label: 'Learning rate', kind: { ...number, word: 'auto' } },
    {
      field: 'training.schedule',
      label: 'Schedule',
      kind: { control: 'choice', options: ['constant', 'linear', 'cosine'] },
    },
    { field: 'training.warmup', label: 'Warm-up', kind: number },
    { field: 'training.evaluateEvery', label: 'Evaluate every', kind: count, unit: 'steps' },
    { field: 'training.saveEvery', label: 'Save every', kind: count, unit: 'steps' },
    { field: 'training.seed', label: 'Seed', kind: count },
  ],
  rare: [
    { field: 'training.clipNorm', label: 'Clip gradient norm', kind: number },
    { field: 'training.weightDecay', label: 'Weight decay', kind: number },
    { field: 'training.betas', label: 'Adam β₁, β₂', kind: { control: 'numbers', length: 2 } },
    { field: 'training.epsilon', label: 'Adam ε', kind: number },
    { field: 'training.keep', label: 'Keep checkpoints', kind: count },
    { field: 'training.keepBest', label: 'Keep the best', kind: { control: 'switch' } },
    { field: 'training.learningRateRatio', label: 'Rate of B over A', kind: number },
    { field: 'adapter.rankStabilised', label: 'Scale by √rank', kind: { control: 'switch' } },
    { field: 'adapter.normalized', label: 'Normalized MoRA', kind: { control: 'switch' } },
    {
      field: 'adapter.alsoTrain',
      label: 'Also train',
      kind: { control: 'json' },
      placeholder: '["embeddings", "head", "norms"]',
    },
    {
      field: 'training.earlyStopping',
      label: 'Stop early',
      kind: { control: 'json', nullable: true },
      placeholder: 'never; {"patience": 3}',
    },
    {
      field: 'training.samples',
      label: 'Samples',
      kind: { control: 'json', nullable: true },
      placeholder: 'only when asked; {"prompts": 3} or {"prompts": ["Once upon"], "every": 100}',
      wide: true,
    },
    {
      field: 'training.remora',
      label: 'ReMoRA',
      kind: { control: 'json', nullable: true },
      placeholder: 'never merge; {"mergeEvery": 200}',
      wide: true,
    },
    {
      field: 'adapter.initial',
      label: 'Continue from adapter',
      kind: { control: 'text', pick: 'adapter', nullable: true },
      placeholder: 'none: start from zero',
      wide: true,
    },
  ],
};

export const COMPUTE: SectionSpec = {
  id: 'compute',
  title: 'Compute',
  fields: [
    { field: 'compute.device', label: 'Device', kind: { control: 'choice', options: ['auto', ...DEVICES] } },
    {
      field: 'compute.base',
      label: 'Frozen weights',
      kind: { control: 'choice', options: ['auto', 'float32', 'int8'] },
    },
    { field: 'compute.threads', label: 'Threads', kind: { ...count, nullable: true }, placeholder: 'one a core' },
    {
      field: 'compute.memory',
      label: 'Memory',
      kind: { ...number, nullable: true },
      unit: 'GiB',
      placeholder: 'most of what is free',
    },
  ],
  rare: [],
};
