import type { Inspection, TensorSummary } from '../engine/rpc/protocol';
import type { ModuleSpectrum } from '../run/spectra';
import { spectrumBar } from './bars';
import { bytes, count, measure } from './figures';
import { table, type Column } from './table';
import { paint, type Terminal } from './terminal';
import { visibleText } from './visibleText';

/** Cells of a spectrum; the line stays below 120 columns. */
const SPECTRUM = 24;

/** Longest value of a metadata entry that is shown whole. */
const METADATA = 100;

/** What a file or folder holds, as a page for people. */
export function inspectionText(inspection: Inspection, terminal: Terminal): string {
  const { kind, path, modules, tensors, metadata, warnings } = inspection;
  const lines = [`${paint(terminal, 'bold', kind)}  ${path}`, ...adapterLines(inspection)];
  if (modules.length > 0) {
    lines.push(
      '',
      ...spectrumTable(modules),
      '',
      'effective: entropy effective rank; stable: ‖ΔW‖²/σ₁²; >0.1: singular values above 0.1;',
      'energy: singular values that hold 90 % of Σσ²; spectrum: σ/σ₁ over every rank that ΔW could have, dot for zero.',
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

function adapterLines({ adapter }: Inspection): string[] {
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

function spectrumTable(modules: readonly ModuleSpectrum[]): string[] {
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
    { title: 'spectrum', align: 'left' },
  ];
  const rows = modules.map((module) => [
    String(module.layer),
    visibleText(module.module),
    String(module.rHat ?? module.rank ?? ''),
    count(module.parameters),
    count(module.rankBound),
    measure(module.effectiveRank),
    measure(module.stableRank),
    count(module.countAbove),
    count(module.energyRank),
    measure(module.frobenius),
    spectrumBar(module.singularValues, Math.min(module.dIn, module.dOut), SPECTRUM),
  ]);
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
    bytes(size),
  ]);
  const total = tensors.reduce((sum, tensor) => sum + tensor.bytes, 0);
  return [...table(columns, rows), `${count(tensors.length)} tensors, ${bytes(total)}`];
}

function shortened(value: string): string {
  const visible = visibleText(value);
  return visible.length > METADATA ? `${visible.slice(0, METADATA)}…` : visible;
}
