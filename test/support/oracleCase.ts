import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { readSafetensors, type TestTensor } from './safetensors';

/** One adapter of a fixture in test/fixtures/oracle, with the [dOut, dIn] of each module. */
export interface OracleAdapter {
  readonly name: string;
  readonly method: 'mora' | 'lora' | 'full';
  readonly mora_type?: number;
  readonly rank?: number;
  readonly alpha?: number;
  readonly modules: Readonly<Record<string, readonly [dOut: number, dIn: number]>>;
}

/** What PyTorch computed for a tiny model: tensors by name, as case.json and case.safetensors say. */
export interface OracleCase {
  readonly adapters: readonly OracleAdapter[];
  readonly tensors: ReadonlyMap<string, TestTensor>;
}

export function readOracleCase(family: string): OracleCase {
  const file = (name: string): string =>
    fileURLToPath(new URL(`../fixtures/oracle/${family}/${name}`, import.meta.url));
  const { adapters } = JSON.parse(readFileSync(file('case.json'), 'utf8')) as { adapters: OracleAdapter[] };
  return { adapters, tensors: readSafetensors(file('case.safetensors')) };
}
