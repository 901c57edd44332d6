import { fileURLToPath } from 'node:url';
import { run } from './engine.mjs';
import { bundled, measured } from './source.mjs';

/** Tokens of a micro-batch. */
const TOKENS = 1024;

/**
 * GFLOP/s of products alone at a shape's sizes, measured now: this engine's by base format, and with `peer` those of
 * PyTorch for reference.
 */
export async function productLimit({ hidden_size: hidden, intermediate_size: mlp }, { peer }) {
  const sizes = [
    [hidden, hidden],
    [hidden, mlp],
    [mlp, hidden],
  ];
  const here = await measured(await bundled('productLimit'), { tokens: TOKENS, sizes });
  if (!peer) return { here };
  const script = fileURLToPath(new URL('./product_limit_peer.py', import.meta.url));
  const given = sizes.map((size) => size.join(','));
  return { here, torch: JSON.parse((await run('python3', [script, String(TOKENS), ...given])).at(-1)) };
}

/**
 * Operations that the frozen products of a step need for every token, all supervised: forward and the gradient of the
 * input, of all linear layers and the head.
 */
export function frozenOperations(shape) {
  const { hidden_size: hidden, intermediate_size: mlp, num_hidden_layers: layers, vocab_size: vocabulary } = shape;
  const keys = (hidden / shape.num_attention_heads) * shape.num_key_value_heads;
  return 4 * (layers * hidden * (2 * hidden + 2 * keys + 3 * mlp) + vocabulary * hidden);
}
