import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loraStructure } from '../../adapters/lora/loraStructure';
import { ADAPTER_CONFIG } from '../../checkpoint/adapterConfig';
import { adapterConfigJson } from '../../checkpoint/adapterConfigJson';
import { ADAPTER_WEIGHTS } from '../../checkpoint/adapterTensors';
import { HEAD } from '../../models/decoderConfig';
import { normalNumbers } from '../../data/random';
import { streamSafetensors, type StreamedTensor } from '../../weights/safetensorsStream';
import { EXACT_TOLERANCE, type Approximation, type ExportFormat, type ExportTask } from '../exportFormat';
import type { WrittenExport } from '../exportFormat';
import { approximateLayer } from '../lowRank/approximateLayer';
import { loraPlan, type PlannedLora } from '../lowRank/loraPlan';
import { matrixProducts } from '../lowRank/matrixProducts';
import { readBackAdapter, savedTensors } from '../writtenAdapter';

/** The largest rank that vLLM takes, whatever it is told. */
const VLLM_MAX_RANK = 512;

/**
 * A LoRA that PEFT, vLLM and llama.cpp's converter read alike. They agree only on adapters with one rank and one scale:
 * vLLM and the converter know neither `rank_pattern` nor `alpha_pattern`, one divides alpha by the `r` of the
 * configuration, the other by the rank of each tensor, and the converter ignores `use_rslora`. So all modules get the
 * largest rank among them, filled up with zeros, and alpha = scale · rank.
 */
export const peftFormat: ExportFormat = {
  takes: ['rank'],
  check: (source, { rank }) => void loraPlan(source, rank),
  expectedBytes: (source, { rank }) => {
    const plan = loraPlan(source, rank);
    return plan.reduce((sum, { linear }) => sum + 4 * uniformRank(plan) * (linear.dIn + linear.dOut), 0);
  },
  write,
};

async function write(task: ExportTask): Promise<WrittenExport> {
  const { source, folder, options, signal, onProgress } = task;
  const plan = loraPlan(source, options.rank);
  const rank = uniformRank(plan);
  const scales = new Set(plan.map(({ scale }) => scale));
  const [common = 1] = scales;
  // Where modules differ in scale, each goes into its B.
  const scale = scales.size === 1 ? common : 1;
  const modules = plan.map(({ linear }) => ({
    linear,
    structure: loraStructure({ dIn: linear.dIn, dOut: linear.dOut, rank, alpha: scale * rank }),
    parameters: {},
  }));
  const trained = savedTensors(source);
  const approximations: Approximation[] = [];
  const products = matrixProducts();
  const random = normalNumbers(0, 'approximation');
  try {
    const tensors = plan.flatMap((layer) => {
      let factors: Promise<{ a: Float32Array; b: Float32Array }> | undefined;
      // The two tensors of a layer follow each other, so its factors are made once and let go with the second.
      const made = (): NonNullable<typeof factors> =>
        (factors ??= approximateLayer(layer, products, random).then(({ factors: found, approximation }) => {
          if (approximation !== undefined) approximations.push(approximation);
          return filledUp(layer, found, rank, scale);
        }));
      const { name, dIn, dOut } = layer.linear;
      return [
        tensor(`base_model.model.${name}.lora_A.weight`, [rank, dIn], async () => (await made()).a),
        tensor(`base_model.model.${name}.lora_B.weight`, [dOut, rank], async () => {
          const { b } = await made();
          factors = undefined;
          return b;
        }),
      ];
    });
    let written = 0;
    const saved = trained.map(({ name, shape, values }) =>
      tensor(`base_model.model.${name}`, shape, () => Promise.resolve(values)),
    );
    const counted = [...tensors, ...saved].map((given) => ({
      ...given,
      async *pieces() {
        yield* given.pieces();
        onProgress(++written, tensors.length + saved.length);
      },
    }));
    await streamSafetensors(join(folder, ADAPTER_WEIGHTS), counted, { format: 'pt' }, signal);
  } finally {
    await products.dispose();
  }
  const json = adapterConfigJson({
    baseModel: source.adapter.config.baseModel,
    baseRevision: source.adapter.config.baseRevision,
    layerCount: source.config.layers,
    modules,
    trained,
  });
  // PEFT asks for it where it sees both the embedding and the head of a tied model.
  const tied = source.config.tied && trained.some(({ name }) => name === HEAD) ? { ensure_weight_tying: true } : {};
  await writeFile(join(folder, ADAPTER_CONFIG), `${JSON.stringify({ ...json, ...tied }, null, 2)}\n`);
  const exact = plan.every((layer) => layer.exact !== undefined || isWholeRank(layer));
  return {
    tolerance: exact ? EXACT_TOLERANCE : null,
    toleranceReason: exact
      ? 'float32 arithmetic'
      : 'a LoRA of this rank can only come near, so this is stated, not bounded',
    approximations,
    usage: `It is a LoRA of rank ${rank} in the format of PEFT: \`PeftModel.from_pretrained(model, folder)\`.`,
    warnings: limits(rank, trained.length > 0),
    readBack: () => readBackAdapter(source, folder),
  };
}

/** What else than PEFT will not take it, and why. */
function limits(rank: number, savesModules: boolean): string[] {
  return [
    ...(rank > VLLM_MAX_RANK ? [`vLLM takes no LoRA above rank ${VLLM_MAX_RANK}, and this one has ${rank}.`] : []),
    ...(savesModules
      ? [
          'Tensors that were trained in full lie beside the LoRA ("modules_to_save"); vLLM and llama.cpp refuse that, so give them --format merged or gguf.',
        ]
      : []),
  ];
}

function uniformRank(plan: readonly PlannedLora[]): number {
  return Math.max(...plan.map(({ rank }) => rank));
}

function isWholeRank({ rank, linear }: PlannedLora): boolean {
  return rank === Math.min(linear.dIn, linear.dOut);
}

/** The factors at a larger rank, the rest zeros, for the scale that the whole adapter has. */
function filledUp(
  { linear, scale: own }: PlannedLora,
  { rank: given, a, b }: { readonly rank: number; readonly a: Float32Array; readonly b: Float32Array },
  rank: number,
  scale: number,
): { a: Float32Array; b: Float32Array } {
  const factor = own === scale ? 1 : own / scale;
  if (given === rank && factor === 1) return { a, b };
  const { dIn, dOut } = linear;
  const wideA = new Float32Array(rank * dIn);
  wideA.set(a);
  const wideB = new Float32Array(dOut * rank);
  for (let i = 0; i < dOut; i++) {
    for (let k = 0; k < given; k++) wideB[i * rank + k] = factor * (b[i * given + k] as number);
  }
  return { a: wideA, b: wideB };
}

function tensor(name: string, shape: readonly number[], values: () => Promise<Float32Array>): StreamedTensor {
  return {
    name,
    dtype: 'F32',
    shape,
    async *pieces() {
      const { buffer, byteOffset, byteLength } = await values();
      yield new Uint8Array(buffer, byteOffset, byteLength);
    },
  };
}
