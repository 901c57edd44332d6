// @ts-check
// An adapter folder with values from a formula: for pictures and for trying the inspector.
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

const LAYERS = 4;
const R_HAT = { q_proj: 56, k_proj: 56, v_proj: 56, o_proj: 56, gate_proj: 72, up_proj: 72, down_proj: 72 };

/**
 * @param {string} folder
 * @param {{ seed: number, drift?: number, diverges?: boolean, isCut?: boolean }} options
 * @returns {Promise<string>} its weights
 */
export async function writeCheckpoint(folder, { seed, drift = 0, diverges = false, isCut = false }) {
  const random = mulberry(seed);
  const late = mulberry(seed + 1000);
  /** @type {Record<string, { dtype: string, shape: number[], data_offsets: number[] }>} */
  const header = {};
  const pieces = [];
  let offset = 0;
  for (let layer = 0; layer < LAYERS; layer++) {
    for (const [module, side] of Object.entries(R_HAT)) {
      const values = Float32Array.from({ length: side * side }, () => 0.004 * normal(random));
      // Later layers move more; the attention of the first not at all.
      const moves = layer > 0 || module.length > 6 ? drift * (layer + 1) : 0;
      for (let i = 0; i < values.length; i++) values[i] = (values[i] ?? 0) * (1 + moves * normal(late));
      if (diverges && layer === 2 && module === 'q_proj') values.fill(NaN, 777, 790);
      const bytes = Buffer.from(values.buffer);
      const group = `base_model.model.model.layers.${layer}.${module.length > 6 ? 'mlp' : 'self_attn'}.${module}`;
      for (const part of ['lora_A', 'lora_B']) {
        const end = offset + bytes.length;
        header[`${group}.${part}.weight`] = { dtype: 'F32', shape: [side, side], data_offsets: [offset, end] };
        pieces.push(bytes);
        offset = end;
      }
    }
  }
  const json = Buffer.from(JSON.stringify({ __metadata__: { format: 'pt' }, ...header }));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  const whole = Buffer.concat([length, json, ...pieces]);
  await mkdir(folder, { recursive: true });
  const config = {
    peft_type: 'LORA',
    use_mora: true,
    mora_type: 6,
    r: 8,
    base_model_name_or_path: 'HuggingFaceTB/SmolLM2-135M',
  };
  await writeFile(path.join(folder, 'adapter_config.json'), JSON.stringify(config));
  const file = path.join(folder, 'adapter_model.safetensors');
  await writeFile(file, isCut ? whole.subarray(0, whole.length >> 1) : whole);
  return file;
}

/** @param {number} seed */
function mulberry(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** @param {() => number} random */
function normal(random) {
  return Math.sqrt(-2 * Math.log(random() + 1e-12)) * Math.cos(2 * Math.PI * random());
}
