import { bundledProgram } from './bundledProgram';
import type { ProgramName } from '../../src/engine/programPath';

const SOURCES: Readonly<Record<ProgramName, string>> = {
  templates: 'data/chat/templateProcess.ts',
  parquet: 'data/readers/parquetProcess.ts',
  spectrum: 'spectrumThread.ts',
  quantise: 'models/quantiseThread.ts',
  compute: 'runtime/threaded/computeThread.ts',
};

const bundled = new Map<ProgramName, string>();

/**
 * Stands in for the product's module of this name, whose programs lie beside the built engine: tests run sources, so each
 * is bundled when it is first asked for, once a process.
 */
export function programPath(name: ProgramName): string {
  const path = bundled.get(name) ?? bundledProgram(SOURCES[name]);
  bundled.set(name, path);
  return path;
}
