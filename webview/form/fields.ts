import * as l10n from '@vscode/l10n';
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
  label: l10n.t('Rank r'),
  kind: { control: 'number', integer: true },
};
export const ALPHA_FIELD: FieldSpec = {
  field: 'adapter.alpha',
  label: l10n.t('Alpha α'),
  kind: { control: 'number', nullable: true },
  placeholder: '2·rank',
};

export const MODEL_FIELD: FieldSpec = {
  field: 'model',
  label: l10n.t('Model'),
  kind: { control: 'text', pick: 'model', orJson: true },
  placeholder: l10n.t('model folder, or a hub id such as org/name'),
  wide: true,
};

export const DATA: SectionSpec = {
  id: 'data',
  title: l10n.t('Data'),
  fields: [
    {
      field: 'data.train',
      label: l10n.t('Train on'),
      kind: { control: 'text', pick: 'data', orJson: true },
      placeholder: l10n.t('a file, a folder, a pattern, or a list of these'),
      wide: true,
    },
    {
      field: 'data.validation',
      label: l10n.t('Validate on'),
      kind: { control: 'text', pick: 'data', orNumber: true },
      placeholder: l10n.t('0.05, a count, or a file'),
      wide: true,
    },
    { field: 'data.maxLength', label: l10n.t('Longest example'), kind: count, unit: l10n.t('tokens') },
  ],
  rare: [
    {
      field: 'data.longer',
      label: l10n.t('Longer ones'),
      kind: { control: 'choice', options: ['auto', 'windows', 'cut', 'drop'] },
    },
    {
      field: 'data.fields',
      label: l10n.t('Names of fields'),
      kind: { control: 'json' },
      placeholder: '{"prompt": "question", "completion": "answer"}',
      wide: true,
    },
    {
      field: 'data.template',
      label: l10n.t('Chat template'),
      kind: { control: 'text', pick: 'data', nullable: true },
      placeholder: l10n.t("the model's own"),
      wide: true,
    },
  ],
};

export const TRAINING: SectionSpec = {
  id: 'training',
  title: l10n.t('Training'),
  fields: [
    {
      field: 'training.steps',
      label: l10n.t('Steps'),
      kind: { ...count, nullable: true },
      placeholder: l10n.t('by epochs'),
    },
    { field: 'training.epochs', label: l10n.t('Epochs'), kind: number },
    { field: 'training.batchSize', label: l10n.t('Batch size'), kind: count, unit: l10n.t('examples') },
    { field: 'training.learningRate', label: l10n.t('Learning rate'), kind: { ...number, word: 'auto' } },
    {
      field: 'training.schedule',
      label: l10n.t('Schedule'),
      kind: { control: 'choice', options: ['constant', 'linear', 'cosine'] },
    },
    { field: 'training.warmup', label: l10n.t('Warm-up'), kind: number },
    { field: 'training.evaluateEvery', label: l10n.t('Evaluate every'), kind: count, unit: l10n.t('steps') },
    { field: 'training.saveEvery', label: l10n.t('Save every'), kind: count, unit: l10n.t('steps') },
    { field: 'training.seed', label: l10n.t('Seed'), kind: count },
  ],
  rare: [
    { field: 'training.clipNorm', label: l10n.t('Clip gradient norm'), kind: number },
    { field: 'training.weightDecay', label: l10n.t('Weight decay'), kind: number },
    { field: 'training.betas', label: l10n.t('Adam β₁, β₂'), kind: { control: 'numbers', length: 2 } },
    { field: 'training.epsilon', label: l10n.t('Adam ε'), kind: number },
    { field: 'training.keep', label: l10n.t('Keep checkpoints'), kind: count },
    { field: 'training.keepBest', label: l10n.t('Keep the best'), kind: { control: 'switch' } },
    { field: 'training.learningRateRatio', label: l10n.t('Rate of B over A'), kind: number },
    { field: 'adapter.rankStabilised', label: l10n.t('Scale by √rank'), kind: { control: 'switch' } },
    { field: 'adapter.normalized', label: l10n.t('Normalized MoRA'), kind: { control: 'switch' } },
    {
      field: 'adapter.alsoTrain',
      label: l10n.t('Also train'),
      kind: { control: 'json' },
      placeholder: '["embeddings", "head", "norms"]',
    },
    {
      field: 'training.earlyStopping',
      label: l10n.t('Stop early'),
      kind: { control: 'json', nullable: true },
      placeholder: l10n.t('never; {"patience": 3}'),
    },
    {
      field: 'training.samples',
      label: l10n.t('Samples'),
      kind: { control: 'json', nullable: true },
      placeholder: l10n.t('only when asked; {"prompts": 3} or {"prompts": ["Once upon"], "every": 100}'),
      wide: true,
    },
    {
      field: 'training.remora',
      label: 'ReMoRA',
      kind: { control: 'json', nullable: true },
      placeholder: l10n.t('never merge; {"mergeEvery": 200}'),
      wide: true,
    },
    {
      field: 'adapter.initial',
      label: l10n.t('Continue from adapter'),
      kind: { control: 'text', pick: 'adapter', nullable: true },
      placeholder: l10n.t('none: start from zero'),
      wide: true,
    },
  ],
};

export const COMPUTE: SectionSpec = {
  id: 'compute',
  title: l10n.t('Compute'),
  fields: [
    {
      field: 'compute.device',
      label: l10n.t('Device'),
      kind: { control: 'choice', options: ['auto', ...DEVICES] },
    },
    {
      field: 'compute.base',
      label: l10n.t('Frozen weights'),
      kind: { control: 'choice', options: ['auto', 'float32', 'int8'] },
    },
    {
      field: 'compute.threads',
      label: l10n.t('Threads'),
      kind: { ...count, nullable: true },
      placeholder: l10n.t('one a core'),
    },
    {
      field: 'compute.memory',
      label: l10n.t('Memory'),
      kind: { ...number, nullable: true },
      unit: 'GiB',
      placeholder: l10n.t('most of what is free'),
    },
  ],
  rare: [],
};
