import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { loadDataset } from '../src/engine/data/dataset';
import { TOKENIZING_BYTES } from '../src/engine/data/exampleStream';
import { TokenCache } from '../src/engine/data/store/tokenCache';
import { Tokenizer } from '../src/engine/data/tokenizer';

/** Examples read at once for the checksum. */
const READ_AT_ONCE = 1024;

/** The most memory that this process has had, in bytes. */
function peakMemory(): number {
  // Not resourceUsage().maxRSS: that begins with the memory of whoever started this process.
  const peak = /VmHWM:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
  if (peak === undefined) throw new Error('this system does not tell peak memory');
  return Number(peak) * 1024;
}

/**
 * Tokenizes a data file into a cache folder as a training does before its first step, and prints figures of it as JSON.
 * The SHA-256 is of all tokens as 16-bit numbers, read from the cache afterwards.
 *
 *   tokeniseData MODEL DATA CACHE MAX_LENGTH
 */
async function tokeniseData(model: string, file: string, folder: string, maxLength: number): Promise<void> {
  const began = performance.now();
  const tokenizer = await Tokenizer.load(model);
  if (tokenizer === undefined) throw new Error(`${model} has no tokenizer`);
  const { vocabularySize } = tokenizer;
  const dataset = await loadDataset(
    { files: [file], tokenizer, vocabularySize, maxLength },
    { cache: new TokenCache(folder) },
  );
  const seconds = (performance.now() - began) / 1000;
  const peakBytes = peakMemory();
  const { tokens, examples } = dataset;
  const sum = createHash('sha256');
  for (let from = 0; from < examples.length; from += READ_AT_ONCE) {
    const count = Math.min(READ_AT_ONCE, examples.length - from);
    for (const example of await examples.read(Array.from({ length: count }, (_, i) => from + i))) {
      sum.update(new Uint8Array(Uint16Array.from(example.tokens).buffer));
    }
  }
  await dataset.close();
  const boundBytes = TOKENIZING_BYTES + 4.125 * examples.length;
  const figures = { tokens, examples: examples.length, seconds, peakBytes, boundBytes, sha256: sum.digest('hex') };
  process.stdout.write(`${JSON.stringify(figures)}\n`);
}

const [model = '', file = '', folder = '', maxLength = ''] = process.argv.slice(2);
void tokeniseData(model, file, folder, Number(maxLength));
