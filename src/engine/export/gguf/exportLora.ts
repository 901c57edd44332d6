import type { AdapterModule } from '../../checkpoint/adapterState';
import type { DecoderConfig } from '../../models/decoderConfig';
import { exactLoraOf, type ExactLora } from '../lowRank/exactFactors';
import type { Architecture } from './architecture';
import { float32, string, type GgufMetadata } from './metadataValue';
import { changed, type TensorChange } from './tensorChange';
import { blockTensorName, headsOf } from './tensorPlan';
import { writeGguf, type GgufTensor, type WriteOptions, type WrittenGguf } from './writeGguf';

/** Before the name of a module in its layer. */
const LAYER = /^model\.layers\.\d+\./;

/** What is added to the weight of one layer: one ΔW, or several where earlier ones were merged. */
export type LayerDelta = readonly [AdapterModule, ...AdapterModule[]];

/** What is added to one layer as a LoRA, exactly. Only of what requireFactors lets through. */
export function loraOf(delta: LayerDelta): ExactLora {
  const lora = exactLoraOf(delta);
  if (lora === undefined) throw new Error(`${delta[0].linear.name}: its ΔW has full rank`);
  return lora;
}

/**
 * Writes an adapter as a LoRA for llama.cpp (`--lora`), exactly and as F32. `name` is what the file calls it.
 */
export function writeGgufLora(
  file: string,
  deltas: readonly LayerDelta[],
  config: DecoderConfig,
  architecture: Architecture,
  name: string,
  options: WriteOptions = {},
): Promise<WrittenGguf> {
  const alpha = commonAlpha(deltas);
  const metadata: GgufMetadata = new Map([
    ['general.architecture', string(architecture.name)],
    ['general.type', string('adapter')],
    ['general.name', string(name)],
    ['adapter.type', string('lora')],
    ['adapter.lora.alpha', float32(alpha)],
  ]);
  const tensors = deltas.flatMap((delta) => loraTensors(delta, config, architecture, alpha));
  return writeGguf(file, metadata, tensors, options);
}

/**
 * The one alpha that a file has for all its modules: llama.cpp scales B A by alpha/rank. Where modules need different
 * ones it is 0, for which llama.cpp does not scale at all, and the scale goes into B; that of MoRA is 1, so nothing is
 * rounded.
 */
function commonAlpha(deltas: readonly LayerDelta[]): number {
  const alphas = new Set(deltas.map(loraOf).map(({ rank, scale }) => Math.fround(scale * rank)));
  const [alpha = 0] = alphas;
  return alphas.size === 1 ? alpha : 0;
}

function loraTensors(
  delta: LayerDelta,
  config: DecoderConfig,
  architecture: Architecture,
  alpha: number,
): GgufTensor[] {
  const [{ linear }] = delta;
  const target = loraTarget(linear.name, linear.layer, config);
  const change = rowChange(linear.name, config, architecture);
  const { rank, scale, factors } = loraOf(delta);
  return [
    {
      name: `${target}.lora_a`,
      shape: [rank, linear.dIn],
      type: 'F32',
      read: () => Promise.resolve(factors().a),
    },
    {
      name: `${target}.lora_b`,
      shape: [linear.dOut, rank],
      type: 'F32',
      read: () => {
        const { b } = factors();
        return Promise.resolve(changed(change, alpha === 0 ? b.map((value) => value * scale) : b, linear.dOut));
      },
    },
  ];
}

/** The tensor of the model to which the LoRA of a module is added. */
export function loraTarget(name: string, layer: number, config: DecoderConfig): string {
  return blockTensorName(config, layer, `${name.replace(LAYER, '')}.weight`);
}

/** Rows of B are rows of the weight, and reordered like them. */
export function rowChange(name: string, config: DecoderConfig, { interleaved }: Architecture): TensorChange {
  const heads = headsOf(name, config);
  return interleaved && heads !== undefined ? { kind: 'interleave', heads } : { kind: 'none' };
}
