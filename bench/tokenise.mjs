import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { fileURLToPath } from 'node:url';
import { run } from './engine.mjs';
import { bundled } from './source.mjs';
import { writeTokenData } from './tokenData.mjs';

/**
 * npm run bench:tokenise -- [--megabytes 1000] [--rounds 1] [--seed 0] [--no-peer]
 *
 * Tokenizes generated JSON Lines into the cache of tokenized data, as a training does before its first step, and with
 * Python's tokenizers, in turn. Fails when the tokens differ or when this engine takes more memory than it says. Linux
 * only. The peer needs Python with tokenizers and numpy; the product does not. Takes about four times the size of the
 * data of the temporary folder.
 */
const { values } = parseArgs({
  options: {
    megabytes: { type: 'string', default: '1000' },
    rounds: { type: 'string', default: '1' },
    seed: { type: 'string', default: '0' },
    'no-peer': { type: 'boolean', default: false },
  },
});
const root = fileURLToPath(new URL('..', import.meta.url));
const MODEL = join(root, 'media/model/tiny-llama-3m');
/** Of the embedded model. */
const END_TOKEN = 0;
const MAX_LENGTH = 512;
const MIB = 2 ** 20;

const program = await bundled('tokeniseData');

const folder = await mkdtemp(join(tmpdir(), 'mora-tokenise-'));
const data = join(folder, 'data.jsonl');
const figuresOf = async (command, args) => JSON.parse((await run(command, args)).at(-1));
const contestants = [
  {
    name: 'MoRA Studio, into its cache',
    measure: async () => {
      const cache = join(folder, 'cache');
      await rm(cache, { recursive: true, force: true });
      return figuresOf(process.execPath, [program, MODEL, data, cache, String(MAX_LENGTH)]);
    },
  },
  {
    name: 'Python, tokenizers, encode_batch_fast',
    measure: () => {
      const peer = join(root, 'bench/tokenise_peer.py');
      return figuresOf('python3', [
        peer,
        join(MODEL, 'tokenizer.json'),
        data,
        join(folder, 'peer.bin'),
        `${END_TOKEN}`,
      ]);
    },
  },
].slice(0, values['no-peer'] ? 1 : 2);

try {
  const { bytes, records } = await writeTokenData(data, root, 1e6 * Number(values.megabytes), Number(values.seed));
  const results = new Map(contestants.map(({ name }) => [name, []]));
  for (let round = 0; round < Number(values.rounds); round++) {
    for (const { name, measure } of contestants) {
      const result = await measure();
      results.get(name).push(result);
      process.stderr.write(`round ${round + 1}: ${name}: ${result.seconds.toFixed(1)} s\n`);
    }
  }
  const all = [...results.values()].flat();
  const [{ tokens, examples, boundBytes }] = all;
  const same = all.every(({ sha256 }) => sha256 === all[0].sha256);
  const bounded = results.get(contestants[0].name).every(({ peakBytes }) => peakBytes <= boundBytes);
  console.log(
    `${(bytes / 1e6).toFixed(0)} MB, ${records} records, ${tokens} tokens, ${examples} examples of at most ${MAX_LENGTH} tokens, ` +
      `seed ${values.seed}, ${availableParallelism()} processors`,
  );
  console.log(`the tokens are ${same ? 'the same' : 'NOT THE SAME'}\n`);
  console.log('| what | MB/s | tokens/s | lowest to highest, MB/s | peak MiB | bound MiB |');
  console.log('|---|---|---|---|---|---|');
  for (const [name, rounds] of results) {
    const rates = rounds.map(({ seconds }) => bytes / 1e6 / seconds).sort((a, b) => a - b);
    const rate = rates[Math.floor(rates.length / 2)];
    const peak = Math.max(...rounds.map(({ peakBytes }) => peakBytes)) / MIB;
    const bound = name === contestants[0].name ? (boundBytes / MIB).toFixed(0) : '';
    const spread = `${rates[0].toFixed(2)} to ${rates.at(-1).toFixed(2)}`;
    const tokenRate = Math.round((rate * 1e6 * tokens) / bytes);
    console.log(`| ${[name, rate.toFixed(2), tokenRate, spread, peak.toFixed(0), bound].join(' | ')} |`);
  }
  if (!same || !bounded) process.exitCode = 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}
