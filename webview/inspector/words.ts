import * as l10n from '@vscode/l10n';
import { html, type TemplateResult } from 'lit';
import type { AdaptedModule, Contents, ListedTensor, TensorRole } from '../../src/engine/rpc/contents';
import { MORA_MODES, type MoraMode } from '../../src/config/mode';
import { counted } from '../../src/language/counted';

/** "576 × 1536"; a tensor without axes is a scalar. */
export function shapeText(shape: readonly number[]): string {
  return shape.length === 0 ? l10n.t('scalar') : shape.join(' × ');
}

/** A tensor's name that may break after its dots, not within a word. */
export function breakable(name: string): TemplateResult {
  const parts = name.split(/(?<=\.)/);
  return parts.length > MAX_BREAKS ? html`${name}` : html`${parts.map((part) => html`${part}<wbr />`)}`;
}

/** Names of real models have about ten parts. */
const MAX_BREAKS = 50;

/** What a tensor of an adapter is: a word for the tree and a sentence for the page. */
export const ROLES: Readonly<Record<TensorRole, { readonly word: string; readonly sentence: string }>> = {
  M: {
    word: 'M',
    sentence: l10n.t('The square matrix that MoRA trains, r̂ × r̂. The official code stores it as lora_B.'),
  },
  copy: {
    word: l10n.t('copy of M'),
    sentence: l10n.t('The same matrix once more: the official code stores M as lora_A too.'),
  },
  A: { word: 'A', sentence: l10n.t("LoRA's A, r × inputs: ΔW = (α/r) · B · A.") },
  B: { word: 'B', sentence: l10n.t("LoRA's B, outputs × r: ΔW = (α/r) · B · A.") },
  delta: { word: 'ΔW', sentence: l10n.t('The whole change of the weight.') },
  saved: {
    word: l10n.t('trained in full'),
    sentence: l10n.t('A tensor of the model itself that was trained in full (modules_to_save).'),
  },
};

/** "MoRA r̂ 54". */
export function moduleText({ method, rHat, rank }: AdaptedModule): string {
  switch (method) {
    case 'mora':
      return `MoRA r̂ ${rHat ?? '?'}`;
    case 'lora':
      return `LoRA r ${rank ?? '?'}`;
    case 'full':
      return l10n.t('full ΔW');
  }
}

/** What the file is, in the order of what one looks for. */
export function describe({ kind, adapter, modules, files }: Contents): string[] {
  if (kind === 'shards') {
    return [counted(files.length, l10n.t('Model in {0} shard'), l10n.t('Model in {0} shards'))];
  }
  const [method] = modules.map((module) => module.method);
  if (adapter === undefined) {
    if (method === undefined) return [kind === 'adapter' ? l10n.t('Adapter') : l10n.t('Safetensors file')];
    const structure = method === 'mora' ? 'MoRA' : method === 'lora' ? 'LoRA' : l10n.t('Full ΔW');
    return [l10n.t('{0}, by its shapes', structure), ...sizes(modules)];
  }
  switch (adapter.method) {
    case 'mora':
      return [
        l10n.t('MoRA adapter'),
        [
          l10n.t('type {0}', adapter.moraType ?? '?'),
          ...(adapter.mode === undefined ? [] : [titleOf(adapter.mode)]),
        ].join(' · '),
        ...(adapter.rank === null ? [] : [l10n.t('rank {0}', adapter.rank)]),
        ...sizes(modules),
        ...merged(adapter),
      ];
    case 'lora':
      return [
        l10n.t('LoRA adapter'),
        ...sizes(modules),
        ...(adapter.alpha === undefined ? [] : [l10n.t('alpha {0}', adapter.alpha)]),
        ...(adapter.rankStabilised === true ? [l10n.t('rank-stabilised')] : []),
        ...merged(adapter),
      ];
    case 'full':
      return [l10n.t('Full ΔW of an adapter')];
  }
}

/** "Rotation". */
export function titleOf(mode: string): string {
  const known = MORA_MODES[mode as MoraMode] as { title: string } | undefined;
  return known === undefined ? mode : l10n.t(known.title);
}

function merged({ merges, shuffled }: NonNullable<Contents['adapter']>): string[] {
  return [
    ...(merges === undefined ? [] : [counted(merges, l10n.t('after {0} merge'), l10n.t('after {0} merges'))]),
    ...(shuffled === true ? [l10n.t('shuffled')] : []),
  ];
}

export function countedTensors(count: number): string {
  return counted(count, l10n.t('{0} tensor'), l10n.t('{0} tensors'));
}

export function countedParameters(count: number): string {
  return counted(count, l10n.t('{0} parameter'), l10n.t('{0} parameters'));
}

export function countedBytes(count: number): string {
  return counted(count, l10n.t('{0} byte'), l10n.t('{0} bytes'));
}

/** "r̂ 54 to 78", over all modules. */
function sizes(modules: readonly AdaptedModule[]): string[] {
  const symbol = modules[0]?.method === 'mora' ? 'r̂' : l10n.t('rank');
  const found = modules.flatMap(({ rHat, rank }) => rHat ?? rank ?? []);
  if (found.length === 0) return [];
  const least = found.reduce((a, b) => Math.min(a, b));
  const most = found.reduce((a, b) => Math.max(a, b));
  return [least === most ? `${symbol} ${least}` : l10n.t('{0} {1} to {2}', symbol, least, most)];
}

/** Max_digits10 of each type: so many significant digits read back as the same value. */
const DIGITS: Readonly<Record<string, number>> = { F32: 9, F16: 5, BF16: 4 };
const SMALL_FLOAT_DIGITS = 3;

/** A value with as few digits as its type needs to be read back the same. */
export function exactText(value: number, { dtype }: Pick<ListedTensor, 'dtype'>): string {
  if (Object.is(value, -0)) return '-0';
  const most = DIGITS[dtype] ?? (dtype.startsWith('F8') ? SMALL_FLOAT_DIGITS : undefined);
  if (most === undefined) return String(value);
  if (dtype === 'F32') {
    for (let digits = 1; digits < most; digits++) {
      const shorter = Number(value.toPrecision(digits));
      if (Math.fround(shorter) === value) return String(shorter);
    }
  }
  return String(Number(value.toPrecision(most)));
}
