import type { PackedBatch } from '../../src/engine/data/packing';
import type { OracleCase } from './oracleCase';

/** The packed batch of an oracle case, with targets as the engine wants them: at t the label of t + 1. */
export function oracleBatch(oracle: OracleCase): PackedBatch {
  const labels = wholeNumbers(oracle, 'labels');
  const [rows, rowLength] = oracle.tensors.get('input_ids')?.shape as [number, number];
  const targets = new Int32Array(rows * rowLength).fill(-100);
  for (let row = 0; row < rows; row++) {
    for (let t = 0; t + 1 < rowLength; t++) targets[row * rowLength + t] = labels[row * rowLength + t + 1]!;
  }
  return {
    rows,
    rowLength,
    examples: Array.from({ length: rows }, () => []),
    tokens: wholeNumbers(oracle, 'input_ids'),
    positions: oracle.tensors.get('position_ids')!.values as BigInt64Array,
    segments: wholeNumbers(oracle, 'segment_ids'),
    targets,
    supervised: targets.filter((target) => target >= 0).length,
    tokenCount: rows * rowLength,
  };
}

/** A float tensor of the case. */
export function oracleFloats(oracle: OracleCase, name: string): Float32Array {
  const values = oracle.tensors.get(name)?.values;
  if (!(values instanceof Float32Array)) throw new Error(`the oracle case has no float tensor ${name}`);
  return values;
}

/** "model…q_proj.M" of adapter mora1 → tensor "mora1/param/model…q_proj"; A and B keep their letter. */
export function oracleParameter(
  oracle: OracleCase,
  adapter: string,
  kind: 'param' | 'grad' | 'final',
  parameter: string,
): Float32Array {
  return oracleFloats(oracle, `${adapter}/${kind}/${parameter.replace(/\.[MW]$/, '')}`);
}

function wholeNumbers(oracle: OracleCase, name: string): Int32Array {
  return Int32Array.from(oracle.tensors.get(name)!.values as BigInt64Array, Number);
}
