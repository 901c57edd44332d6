import { mkdir, open, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Writes a Llama model folder of a real shape with random bfloat16 weights (normal, deviation 0.02; norms 1), unless it
 * is there already. Returns the folder.
 */
export async function randomModel(parent, name, shape) {
  const folder = join(parent, name);
  const weights = join(folder, 'model.safetensors');
  if (await exists(weights)) return folder;
  await mkdir(folder, { recursive: true });
  const config = {
    architectures: ['LlamaForCausalLM'],
    model_type: 'llama',
    ...shape,
    max_position_embeddings: 4096,
    rms_norm_eps: 1e-6,
    rope_theta: 10000,
    tie_word_embeddings: true,
    hidden_act: 'silu',
  };
  await writeFile(join(folder, 'config.json'), JSON.stringify(config, null, 2));
  await writeTensors(weights, tensorsOf(shape));
  return folder;
}

function tensorsOf(shape) {
  const { hidden_size: hidden, intermediate_size: mlp, vocab_size: vocabulary } = shape;
  const keyWidth = (hidden / shape.num_attention_heads) * shape.num_key_value_heads;
  const tensors = [['model.embed_tokens.weight', [vocabulary, hidden]]];
  for (let layer = 0; layer < shape.num_hidden_layers; layer++) {
    const block = {
      'input_layernorm.weight': [hidden],
      'post_attention_layernorm.weight': [hidden],
      'self_attn.q_proj.weight': [hidden, hidden],
      'self_attn.k_proj.weight': [keyWidth, hidden],
      'self_attn.v_proj.weight': [keyWidth, hidden],
      'self_attn.o_proj.weight': [hidden, hidden],
      'mlp.gate_proj.weight': [mlp, hidden],
      'mlp.up_proj.weight': [mlp, hidden],
      'mlp.down_proj.weight': [hidden, mlp],
    };
    for (const [name, size] of Object.entries(block)) tensors.push([`model.layers.${layer}.${name}`, size]);
  }
  return [...tensors, ['model.norm.weight', [hidden]]];
}

async function writeTensors(file, tensors) {
  const header = {};
  let offset = 0;
  for (const [name, shape] of tensors) {
    const bytes = 2 * shape.reduce((a, b) => a * b, 1);
    header[name] = { dtype: 'BF16', shape, data_offsets: [offset, offset + bytes] };
    offset += bytes;
  }
  const json = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  const handle = await open(`${file}.part`, 'w');
  await handle.write(length);
  await handle.write(json);
  const noise = bfloat16Noise(1 << 20);
  for (const [, shape] of tensors) {
    const count = shape.reduce((a, b) => a * b, 1);
    if (shape.length === 1) {
      await handle.write(new Uint8Array(new Uint16Array(count).fill(0x3f80).buffer));
      continue;
    }
    for (let written = 0; written < count; written += noise.length) {
      await handle.write(new Uint8Array(noise.buffer, 0, 2 * Math.min(noise.length, count - written)));
    }
  }
  await handle.close();
  await rename(`${file}.part`, file);
}

function bfloat16Noise(count) {
  let state = 12345;
  const uniform = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state + 0.5) / 2 ** 32;
  };
  const floats = Float32Array.from(
    { length: count },
    () => 0.02 * Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform()),
  );
  return Uint16Array.from(new Uint32Array(floats.buffer), (bits) => bits >>> 16);
}

async function exists(file) {
  try {
    await stat(file);
    return true;
  } catch {
    return false;
  }
}
