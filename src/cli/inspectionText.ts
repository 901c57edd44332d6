import { countIntruders } from '../analysis/intruders';
import type { Inspection, TensorSummary } from '../engine/rpc/inspection';
import type { ModuleSpectrum } from '../run/spectra';
import { formatBytes } from '../language/bytes';
import { spectrumBar } from './bars';
import { count, measure } from './figures';
import { table, type Column } from './table';
import { paint, type Terminal } from './terminal';
import { visibleText } from './visibleText';

/** Cells of a spectrum; the line stays below 120 columns. */
const SPECTRUM = 24;

/** Longest value of a metadata entry that is shown whole. */
const METADATA = 100;

/** What was inspected: what a path holds, or the difference of two models. */
export interface Inspected extends Omit<Inspection, 'kind'> {
  readonly kind: Inspection['kind'] | 'difference';
  /** Of a difference: the model that the other was tuned from. */
  readonly base?: string;
  /** Where they were asked for: by module, the largest cosine of each leading direction with those of the base. */
  readonly intruders?: {
    readonly top: number;
    readonly epsilon: number;
    readonly cosines: ReadonlyMap<string, readonly number[]>;
  };
}

/** What a file or folder holds, as a page for people. */
export function inspectionText(inspection: Inspected, terminal: Terminal): string {
  const { kind, path, base, modules, tensors, metadata, warnings } = inspection;
  const title = base === undefined ? path : `${path} − ${base}`;
  const lines = [`${paint(terminal, 'bold', kind)}  ${title}`, ...adapterLines(inspection)];
  if (modules.length > 0) {
    lines.push(
      '',
      ...spectrumTable(inspection),
      '',
      'effective: entropy effective rank; stable: ‖ΔW‖²/σ₁²; >0.1: singular values above 0.1;',
      'energy: singular values that hold 90 % of Σσ²; spectrum: σ/σ₁ over every rank that ΔW could have, dot for zero.',
      ...partialLines(modules),
      ...intruderLines(inspection),
    );
  }
  if (modules.length === 0 && tensors.length > 0) lines.push('', ...tensorTable(tensors));
  const entries = Object.entries(metadata);
  if (entries.length > 0) lines.push('', ...entries.map(([key, value]) => `${visibleText(key)}: ${shortened(value)}`));
  if (warnings.length > 0) {
    lines.push('', ...warnings.map((text) => `${paint(terminal, 'yellow', 'warning:')} ${visibleText(text)}`));
  }
  return lines.join('\n');
}

/** What the marks of spectra that are not whole mean, and how much is missing at most. */
function partialLines(modules: readonly ModuleSpectrum[]): string[] {
  if (modules.every(({ residual }) => residual === undefined)) return [];
  return [
    '≥: of the largest singular values, by a randomised decomposition; residual: ‖ΔW − QQᵀΔW‖/‖ΔW‖, each σ² is at most its',
    'square (of ‖ΔW‖²) larger than found, and so are all the others together.',
  ];
}

function intruderLines({ intruders }: Inspected): string[] {
  if (intruders === undefined) return [];
  const { top, epsilon } = intruders;
  return [
    `intruders: of the first ${top} left singular vectors of W + ΔW, those with |cos| < ${epsilon} to all of W's (arXiv 2410.21228).`,
  ];
}

function adapterLines({ adapter }: Inspected): string[] {
  if (adapter === undefined) return [];
  const { method, moraType, mode, rank, alpha, rankStabilised, merges, shuffled, baseModel } = adapter;
  const parts = [
    moraType === undefined ? method : `${method} type ${moraType}${mode === undefined ? '' : ` (${mode})`}`,
    ...(rank === null ? [] : [`rank ${rank}`]),
    ...(alpha === undefined ? [] : [`alpha ${alpha}`]),
    ...(rankStabilised === true ? ['rank-stabilised'] : []),
    ...(shuffled === true ? ['shuffled'] : []),
    ...(merges === undefined ? [] : [`after ${merges} ${merges === 1 ? 'merge' : 'merges'}, which count in ΔW`]),
    ...(baseModel === null ? [] : [`base ${visibleText(baseModel)}`]),
  ];
  return [parts.join(', ')];
}

function spectrumTable({ modules, intruders }: Inspected): string[] {
  const isPartial = modules.some(({ residual }) => residual !== undefined);
  const hasBase = modules.some(({ baseNorm }) => baseNorm !== undefined);
  const columns: Column[] = [
    { title: 'layer', align: 'right' },
    { title: 'module', align: 'left' },
    { title: 'r̂ or r', align: 'right' },
    { title: 'parameters', align: 'right' },
    { title: 'bound', align: 'right' },
    { title: 'effective', align: 'right' },
    { title: 'stable', align: 'right' },
    { title: '>0.1', align: 'right' },
    { title: 'energy', align: 'right' },
    { title: '‖ΔW‖', align: 'right' },
    ...(hasBase ? [{ title: '‖ΔW‖/‖W‖', align: 'right' } as const] : []),
    ...(isPartial ? [{ title: 'residual', align: 'right' } as const] : []),
    ...(intruders === undefined ? [] : [{ title: 'intruders', align: 'right' } as const]),
    { title: 'spectrum', align: 'left' },
  ];
  const rows = modules.map((module) => {
    const { residual, baseNorm } = module;
    const atLeast = residual === undefined ? '' : '≥ ';
    const cosines = intruders?.cosines.get(module.name);
    return [
      String(module.layer),
      visibleText(module.module),
      String(module.rHat ?? module.rank ?? ''),
      count(module.parameters),
      count(module.rankBound),
      atLeast + measure(module.effectiveRank),
      measure(module.stableRank),
      atLeast + count(module.countAbove),
      atLeast + count(module.energyRank),
      measure(module.frobenius),
      ...(hasBase ? [baseNorm === undefined ? '' : measure(module.frobenius / baseNorm)] : []),
      ...(isPartial ? [residual === undefined ? '' : measure(residual / module.frobenius)] : []),
      ...(intruders === undefined
        ? []
        : [cosines === undefined ? '' : count(countIntruders(cosines, intruders.top, intruders.epsilon))]),
      spectrumBar(module.singularValues, Math.min(module.dIn, module.dOut), SPECTRUM),
    ];
  });
  return table(columns, rows);
}

function tensorTable(tensors: readonly TensorSummary[]): string[] {
  const columns: Column[] = [
    { title: 'tensor', align: 'left' },
    { title: 'type', align: 'left' },
    { title: 'shape', align: 'right' },
    { title: 'size', align: 'right' },
  ];
  const rows = tensors.map(({ name, dtype, shape, bytes: size }) => [
    visibleText(name),
    dtype,
    shape.length === 0 ? 'scalar' : shape.join(' × '),
    formatBytes(size),
  ]);
  const total = tensors.reduce((sum, tensor) => sum + tensor.bytes, 0);
  return [...table(columns, rows), `${count(tensors.length)} tensors, ${formatBytes(total)}`];
}

function shortened(value: string): string {
  const visible = visibleText(value);
  return visible.length > METADATA ? `${visible.slice(0, METADATA)}…` : visible;
}
