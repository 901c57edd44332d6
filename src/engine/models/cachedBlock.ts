import type { BaseFormat } from '../adapters/frozenWeight';
import { withoutUnusedInputs, type Program } from '../graph/program';
import { input, type ElementType, type Shape, type Value } from '../graph/value';
import { adapterInputs, type BlockStructures } from './adapterInputs';
import { maskShape } from './attention';
import { splitKeys } from './attentionHeads';
import { block } from './block';
import type { BatchShape } from './blockPrograms';
import { cachedAttention } from './cachedAttention';
import type { DecoderConfig, LayerKind } from './decoderConfig';
import { frozenInputs } from './frozenInputs';

/** New tokens T of each of B rows, and C slots for the keys and values of earlier ones; C may be 0. */
export interface CachedShape extends BatchShape {
  readonly capacity: number;
}

export interface CachedBlockOptions {
  /** Format of the frozen linear weights; float32 unless given. */
  readonly base?: BaseFormat;
  /** Adapters whose matrices are inputs; none unless given. */
  readonly structures?: BlockStructures;
}

/**
 * One decoder block over new tokens whose predecessors are cached, forward only. Inputs: "x" [B·T, D], "mask"
 * [B, 1, 1, T, C + T], with slots "keys" and "values" [B, K, C, h], "positions" int64 [B, T] into "cosines" and "sines"
 * [B·T, size/2] where the layer turns, of the frozen tensors by name those that a forward pass takes, and the parameters
 * of adapters. Outputs: "y" [B·T, D], "newKeys" and "newValues" [B, K, T, h], to be cached.
 */
export function cachedBlock(
  config: DecoderConfig,
  { rows, length, capacity }: CachedShape,
  kind: LayerKind,
  { base = 'float32', structures = new Map() }: CachedBlockOptions = {},
): Program {
  const inputs = new Map<string, Value>();
  const named = (name: string, shape: Shape, type?: ElementType): Value => {
    const value = input(name, shape, type);
    inputs.set(name, value);
    return value;
  };
  const x = named('x', [rows * length, config.hiddenSize]);
  const mask = named('mask', maskShape(rows, { start: capacity, end: capacity + length }));
  const slots = [rows, config.keyValueHeads, capacity, config.headSize];
  const cached = capacity === 0 ? undefined : { keys: named('keys', slots), values: named('values', slots) };
  const { rotary } = kind;
  const angles = rotary && {
    positions: named('positions', [rows, length], 'int64'),
    cosines: named('cosines', [rows * length, rotary.size / 2]),
    sines: named('sines', [rows * length, rotary.size / 2]),
  };
  const frozen = frozenInputs(config, base, named);
  const { adapters } = adapterInputs(structures, named);
  const outputs = new Map<string, Value>();
  const attend = (q: Value, k: Value, v: Value): Value => {
    const [newKeys, newValues] = [splitKeys(k, config), splitKeys(v, config)];
    outputs.set('newKeys', newKeys).set('newValues', newValues);
    return cachedAttention(q, newKeys, newValues, mask, cached, config);
  };
  outputs.set('y', block(x, { rows, length, angles, attend }, frozen, adapters, config));
  return withoutUnusedInputs({ inputs, outputs });
}
