import { adaptedLinear, type GraphAdapter } from '../adapters/linear';
import { add, geluTanh, multiply, shift, swiglu } from '../graph/ops/elementwise';
import { kept } from '../graph/ops/derived';
import { reshape, slice } from '../graph/ops/layout';
import { rmsNorm } from '../graph/ops/normalisation';
import { rotary } from '../graph/ops/position';
import { lengthOf, type Value } from '../graph/value';
import { blockLinears, blockNorms, headWidths, type DecoderConfig } from './decoderConfig';
import type { FrozenInputs } from './frozenInputs';

/** The angles of a batch of B rows of T tokens. */
export interface Angles {
  /** int64 [B, T] */
  readonly positions: Value;
  /** [positions, rotary size/2] */
  readonly cosines: Value;
  readonly sines: Value;
}

/** What surrounds the tokens of a block. */
export interface BlockSurroundings {
  /** B and T. */
  readonly rows: number;
  readonly length: number;
  /** Undefined for a layer without position embedding. */
  readonly angles: Angles | undefined;
  /** Attention over q [B, T, H·h], k and v [B, T, K·h], with queries and keys turned: [B, T, H·h]. */
  readonly attend: (q: Value, k: Value, v: Value) => Value;
}

/** One decoder block: xND [B·T, D] → [B·T, D]. Adapters by module name. */
export function block(
  xND: Value,
  { rows, length, angles, attend }: BlockSurroundings,
  frozen: FrozenInputs,
  adapters: ReadonlyMap<string, GraphAdapter>,
  config: DecoderConfig,
): Value {
  const tensor = (name: string): Value => found(frozen.others, name);
  const linears = new Map(blockLinears(config).map((linear) => [linear.module, linear]));
  const linear = (module: string, x: Value): Value => {
    const { path, bias } = linears.get(module) ?? { path: module, bias: false };
    const y = adaptedLinear(x, found(frozen.linears, path), adapters.get(module));
    return bias ? add(y, tensor(`${path}.bias`)) : y;
  };
  /** Several linear layers of one input, or the one that holds them side by side. */
  const linearParts = (x: Value, separate: readonly string[], fused: string, widths: readonly number[]): Value[] => {
    if (!config.fused) return separate.map((module) => linear(module, x));
    const whole = linear(fused, x);
    let start = 0;
    return widths.map((width) => slice(whole, 1, start, (start += width)));
  };
  const norm = (x: Value, name: string | undefined): Value =>
    name === undefined ? x : rmsNorm(x, shift(tensor(`${name}.weight`), config.normOffset), config.epsilon);
  const norms = blockNorms(config);
  const widths = headWidths(config);

  /** The norm of queries or keys [B·T, heads·h], then their turn. */
  const placed = (x: Value, heads: number, name: string): Value => {
    const width = lengthOf(x.shape, 1);
    let normed = x;
    if (config.queryKeyNorm === 'width') normed = norm(x, name);
    if (config.queryKeyNorm === 'head') normed = norm(reshape(x, [rows * length * heads, config.headSize]), name);
    const sequence = reshape(normed, [rows, length, width]);
    return angles === undefined ? sequence : rotary(sequence, angles.positions, angles.cosines, angles.sines, heads);
  };

  const attentionInput = norm(xND, norms.beforeAttention);
  const [q, k, v] = linearParts(attentionInput, ['q_proj', 'k_proj', 'v_proj'], 'qkv_proj', [
    widths.query,
    widths.key,
    widths.key,
  ]) as [Value, Value, Value];
  const attended = attend(
    placed(q, config.heads, 'self_attn.q_norm'),
    placed(k, config.keyValueHeads, 'self_attn.k_norm'),
    reshape(v, [rows, length, widths.key]),
  );
  const attentionOutput = linear('o_proj', reshape(attended, [rows * length, widths.query]));
  const sum = add(xND, norm(attentionOutput, norms.afterAttention));
  // Only a norm's derivative needs what was added.
  const middle = norms.afterAttention === undefined ? kept(sum) : sum;

  const mlpInput = norm(middle, norms.beforeMlp);
  const [gate, up] = linearParts(mlpInput, ['gate_proj', 'up_proj'], 'gate_up_proj', [
    config.mlpSize,
    config.mlpSize,
  ]) as [Value, Value];
  const gated = config.activation === 'silu' ? swiglu(gate, up) : multiply(geluTanh(gate), up);
  return add(middle, norm(linear('down_proj', gated), norms.afterMlp));
}

function found<T>(tensors: ReadonlyMap<string, T>, name: string): T {
  const value = tensors.get(name);
  if (value === undefined) throw new Error(`the block's graph lacks ${name}`);
  return value;
}
