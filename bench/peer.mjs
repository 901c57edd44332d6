import { fileURLToPath } from 'node:url';
import { run } from './engine.mjs';

const SCRIPT = fileURLToPath(new URL('./peft_peer.py', import.meta.url));

/**
 * Trains with PyTorch + PEFT LoRA r = 8 and returns tokens a second, padding not counted, peak resident memory, the share of
 * padding and the first losses. `kind` is a number format, "f32" or "bf16", with "-compile" behind it for torch.compile;
 * `options` are those of peft_peer.py.
 */
export async function measurePeer(kind, options) {
  const [dtype, compile] = kind.split('-');
  const args = Object.entries({ dtype, ...options }).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const lines = await run('python3', [SCRIPT, ...args, ...(compile === undefined ? [] : ['--compile'])]);
  const { tokens_per_second: rate, peak_rss_mib: peakMiB, padding, losses } = JSON.parse(lines.at(-1));
  return { median: rate.median, best: rate.best, peakMiB, padding, losses };
}
