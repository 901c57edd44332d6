import { adaptedLinear, type GraphAdapter } from '../adapters/linear';
import { add, multiply, silu } from '../graph/ops/elementwise';
import { reshape } from '../graph/ops/layout';
import { rmsNorm } from '../graph/ops/normalisation';
import { rotary } from '../graph/ops/position';
import type { Value } from '../graph/value';
import { attention } from './attention';
import { blockLinears, type DecoderConfig } from './decoderConfig';

/** What every token of a batch of B rows of T tokens needs besides its activations. */
export interface BatchInputs {
  /** int64 [B, T] */
  readonly positions: Value;
  /** [positions, headSize/2] */
  readonly cosines: Value;
  readonly sines: Value;
  /** Added to the scores: [B, T, T]. */
  readonly mask: Value;
}

/** The frozen tensors of a block by their names after "model.layers.<n>.". */
export type BlockWeights = ReadonlyMap<string, Value>;

/** One decoder block, pre-norm, as in Llama: xND [B·T, D] → [B·T, D]. Adapters by module name. */
export function block(
  xND: Value,
  batch: BatchInputs,
  weights: BlockWeights,
  adapters: ReadonlyMap<string, GraphAdapter>,
  config: DecoderConfig,
): Value {
  const weight = (name: string): Value => {
    const value = weights.get(name);
    if (value === undefined) throw new Error(`the block's graph lacks ${name}`);
    return value;
  };
  const linears = new Map(blockLinears(config).map((linear) => [linear.module, linear]));
  const linear = (module: string, x: Value): Value => {
    const { path, bias } = linears.get(module) ?? { path: module, bias: false };
    const y = adaptedLinear(x, weight(`${path}.weight`), adapters.get(module));
    return bias ? add(y, weight(`${path}.bias`)) : y;
  };
  const norm = (x: Value, name: string): Value => rmsNorm(x, weight(`${name}.weight`), config.epsilon);
  const [rowCount = 0, length = 0] = batch.positions.shape;
  const sequence = (x: Value, heads: number): Value => reshape(x, [rowCount, length, heads * config.headSize]);
  const turned = (x: Value, heads: number): Value =>
    rotary(sequence(x, heads), batch.positions, batch.cosines, batch.sines, heads);

  const normed = norm(xND, 'input_layernorm');
  const q = turned(linear('q_proj', normed), config.heads);
  const k = turned(linear('k_proj', normed), config.keyValueHeads);
  const v = sequence(linear('v_proj', normed), config.keyValueHeads);
  const attended = reshape(attention(q, k, v, batch.mask, config), [rowCount * length, config.heads * config.headSize]);
  const middle = add(xND, linear('o_proj', attended));

  const mlpInput = norm(middle, 'post_attention_layernorm');
  const gated = multiply(silu(linear('gate_proj', mlpInput)), linear('up_proj', mlpInput));
  return add(middle, linear('down_proj', gated));
}
