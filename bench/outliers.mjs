import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Channels of each layer that become outliers, and by how much: powers of two, so that bfloat16 stays exact. */
const MLP = { channels: [3, 101, 257, 400], factor: 64 };
const NORM = { channels: [7, 150], factor: 16 };

/**
 * Copies a Llama model folder with bfloat16 weights and plants outlier channels in it, as large pretrained models have
 * them: what enters down_proj and what leaves the norms is 64 and 16 times as large in a few channels, and the weights that
 * read these channels are as much smaller. The function is the same; only rounding to bytes sees a difference.
 */
export async function plantOutliers(from, to) {
  await cp(from, to, { recursive: true });
  const file = join(to, 'model.safetensors');
  const bytes = await readFile(file);
  const headerLength = Number(bytes.readBigUInt64LE(0));
  const header = JSON.parse(bytes.subarray(8, 8 + headerLength).toString());
  const scale = (name, { channels, factor }, axis) => {
    const { shape, data_offsets: offsets } = header[name];
    const width = shape.length === 1 ? 1 : shape[1];
    const start = 8 + headerLength + offsets[0];
    const entries = shape.reduce((a, b) => a * b, 1);
    for (let at = 0; at < entries; at++) {
      const channel = axis === 0 ? Math.floor(at / width) : at % width;
      if (channels.includes(channel)) scaleBfloat16(bytes, start + 2 * at, factor);
    }
  };
  const { num_hidden_layers: layers } = JSON.parse(await readFile(join(to, 'config.json'), 'utf8'));
  for (let layer = 0; layer < layers; layer++) {
    const of = (name) => `model.layers.${layer}.${name}.weight`;
    const inverse = ({ channels, factor }) => ({ channels, factor: 1 / factor });
    scale(of('mlp.up_proj'), MLP, 0);
    scale(of('mlp.down_proj'), inverse(MLP), 1);
    scale(of('input_layernorm'), NORM, 0);
    scale(of('post_attention_layernorm'), NORM, 0);
    for (const name of ['self_attn.q_proj', 'self_attn.k_proj', 'self_attn.v_proj', 'mlp.gate_proj', 'mlp.up_proj'])
      scale(of(name), inverse(NORM), 1);
  }
  await writeFile(file, bytes);
}

/** A bfloat16 is the upper half of a float32. */
function scaleBfloat16(bytes, at, factor) {
  const word = Buffer.alloc(4);
  bytes.copy(word, 2, at, at + 2);
  word.writeFloatLE(word.readFloatLE(0) * factor, 0);
  word.copy(bytes, at, 2, 4);
}
