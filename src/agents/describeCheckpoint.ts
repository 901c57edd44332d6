import { z } from 'zod';
import type { Inspection, TensorSummary } from '../engine/rpc/inspection';
import type { ModuleSpectrum } from '../run/spectra';
import { pathInput } from './inputs';
import { significant } from './significant';
import { defineTool, type ToolResult } from './tool';

/** Rows of modules or tensors; large models have thousands of tensors. */
const USUAL = 60;
const MOST = 300;

/** Of metadata, which may hold anything. */
const LONGEST_TEXT = 300;
const MOST_METADATA = 20;

export const describeCheckpoint = defineTool({
  name: 'describe_checkpoint',
  title: 'Describe an adapter or checkpoint',
  description:
    'Describes an adapter folder, a checkpoint, a run (its newest checkpoint), a model folder or a .safetensors file. For adapters it measures ΔW of every module exactly: effective rank (entropy), stable rank, how many singular values hold 90 % of the energy, norm, and the highest rank it could have. For anything else it lists tensors.',
  effect: 'none',
  input: z.strictObject({
    path: pathInput.meta({ description: 'What to describe; absolute, or relative to an allowed folder.' }),
    offset: z.int().min(0).default(0).meta({ description: 'First module or tensor to list.' }),
    limit: z.int().min(1).max(MOST).default(USUAL).meta({ description: 'At most so many modules or tensors.' }),
  }),
  call: async ({ path, offset, limit }, host, signal) => {
    const found = await host.folders.find(path);
    const inspection = await (await host.engine()).inspect({ path: found }, signal);
    const { kind, adapter, modules, tensors, warnings, metadata } = inspection;
    const page = <T>(list: readonly T[]): readonly T[] => list.slice(offset, offset + limit);
    return {
      path: found,
      kind,
      ...(adapter !== undefined && { adapter }),
      ...(modules.length > 0 && {
        modules: { total: modules.length, ...totals(modules), ...moduleTable(page(modules)) },
      }),
      tensors: {
        total: tensors.length,
        bytes: tensors.reduce((sum, { bytes }) => sum + bytes, 0),
        dtypes: dtypeCounts(tensors),
        ...(modules.length === 0 && tensorTable(page(tensors))),
      },
      ...metadataOf({ metadata }),
      ...(warnings.length > 0 && { warnings }),
    };
  },
});

function totals(modules: readonly ModuleSpectrum[]): ToolResult {
  const parameters = modules.reduce((sum, module) => sum + module.parameters, 0);
  const mean = modules.reduce((sum, module) => sum + module.effectiveRank, 0) / modules.length;
  return { parameters, meanEffectiveRank: significant(mean) };
}

function moduleTable(modules: readonly ModuleSpectrum[]): ToolResult {
  return {
    columns: [
      ...['layer', 'module', 'dOut', 'dIn', 'rHatOrRank', 'parameters', 'rankBound', 'effectiveRank', 'stableRank'],
      ...['energyRank90', 'frobeniusNorm', 'largestSingularValue'],
    ],
    rows: modules.map((module) => [
      module.layer,
      module.module,
      module.dOut,
      module.dIn,
      module.rHat ?? module.rank ?? null,
      module.parameters,
      module.rankBound,
      significant(module.effectiveRank),
      significant(module.stableRank),
      module.energyRank,
      significant(module.frobenius),
      significant(module.singularValues[0] ?? 0),
    ]),
  };
}

function tensorTable(tensors: readonly TensorSummary[]): ToolResult {
  return {
    columns: ['name', 'dtype', 'shape', 'bytes'],
    rows: tensors.map(({ name, dtype, shape, bytes }) => [name.slice(0, LONGEST_TEXT), dtype, shape, bytes]),
  };
}

function dtypeCounts(tensors: readonly TensorSummary[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { dtype } of tensors) counts[dtype] = (counts[dtype] ?? 0) + 1;
  return counts;
}

function metadataOf({ metadata }: Pick<Inspection, 'metadata'>): ToolResult {
  const entries = Object.entries(metadata).slice(0, MOST_METADATA);
  if (entries.length === 0) return {};
  const text = (value: string): string => (value.length > LONGEST_TEXT ? `${value.slice(0, LONGEST_TEXT)}…` : value);
  return { metadata: Object.fromEntries(entries.map(([key, value]) => [text(key), text(value)])) };
}
