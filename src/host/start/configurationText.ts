import * as l10n from '@vscode/l10n';
import { MORA_MODES, type MoraMode } from '../../config/mode';

export interface MethodChoice {
  readonly title: string;
  readonly summary: string;
  readonly method: 'mora' | 'lora';
  readonly mode?: MoraMode;
  readonly rank: number;
  readonly learningRate: string;
}

/** The choices a beginner has. The learning rates are those the paper used for each structure. */
export const METHODS: readonly MethodChoice[] = [
  {
    title: l10n.t('MoRA, rotation'),
    summary: l10n.t(MORA_MODES.rotation.summary),
    method: 'mora',
    mode: 'rotation',
    rank: 8,
    learningRate: '3e-4',
  },
  {
    title: l10n.t('MoRA, sharing'),
    summary: l10n.t(MORA_MODES.sharing.summary),
    method: 'mora',
    mode: 'sharing',
    rank: 256,
    learningRate: '5e-5',
  },
  {
    title: 'LoRA',
    summary: l10n.t('Two thin matrices: ΔW has rank r. For comparison.'),
    method: 'lora',
    rank: 8,
    learningRate: '3e-4',
  },
];

/** A new configuration document: what one usually changes, and nothing that has a good default. */
export function configurationText(choice: { model: string; data: string; method: MethodChoice }): string {
  const { method, mode, rank, learningRate } = choice.method;
  return `{
  "model": ${JSON.stringify(choice.model)},
  "data": {
    "train": ${JSON.stringify(choice.data)},
    "validation": 0.05,
    "maxLength": 512
  },
  "adapter": {
    "method": "${method}",${mode === undefined ? '' : `\n    "mode": "${mode}",`}
    "rank": ${rank},
    "layers": "all",
    "modules": "all"
  },
  "training": {
    "epochs": 1,
    "batchSize": 16,
    "learningRate": ${learningRate}
  }
}
`;
}
