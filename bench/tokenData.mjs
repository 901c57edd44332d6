import { open, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** Written to the disk at once. */
const CHUNK_BYTES = 1 << 22;
/** Characters of a document: as in collections of web pages, most of it in pieces of some kilobytes. */
const SHORTEST = 200;
const LONGEST = 8000;

/**
 * Writes JSON Lines of about `bytes` bytes, the same for the same seed: half of the bytes are documents ("text") of 200 to
 * 8000 characters whose sentences are drawn from the prose of this repository, half short pairs of prompt and completion
 * whose words and sounds are drawn from the pronunciation data. Returns the bytes and the number of records.
 */
export async function writeTokenData(file, repository, bytes, seed) {
  const random = uniform(seed);
  const pick = (list) => list[Math.floor(random() * list.length)];
  const sentences = await sentencesOf(repository);
  const pairs = (await readFile(join(repository, 'examples/data/pronounce.train.jsonl'), 'utf8'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const words = pairs.map(({ prompt }) => prompt.replace('Pronounce: ', '').trim());
  const sounds = pairs.map(({ completion }) => completion);
  const document = () => {
    const length = SHORTEST + random() ** 2 * (LONGEST - SHORTEST);
    let text = '';
    // A number here and there, so that no two documents are alike and few sentences are.
    while (text.length < length) {
      text +=
        random() < 0.2 ? `${pick(words)} ${Math.floor(random() * 1e6)}. ` : `${pick(sentences)}${pick(['\n', ' '])}`;
    }
    return { text };
  };
  const pair = () => ({
    prompt: `Pronounce: ${pick(words)}${pick(words)}\n`,
    completion: `${pick(sounds)} ${pick(sounds)}`,
  });

  const handle = await open(file, 'w');
  let waiting = '';
  let written = 0;
  let records = 0;
  let ofDocuments = 0;
  try {
    while (written < bytes) {
      const isDocument = ofDocuments <= (written + waiting.length) / 2;
      const line = `${JSON.stringify(isDocument ? document() : pair())}\n`;
      if (isDocument) ofDocuments += line.length;
      waiting += line;
      records++;
      if (waiting.length < CHUNK_BYTES && written + waiting.length < bytes) continue;
      const { bytesWritten } = await handle.write(waiting);
      written += bytesWritten;
      waiting = '';
    }
  } finally {
    await handle.close();
  }
  return { bytes: (await stat(file)).size, records };
}

async function sentencesOf(repository) {
  const files = ['README.md', 'CHANGELOG.md', 'CONTRIBUTING.md', 'docs/ARCHITECTURE.md', 'docs/results/suggest.md'];
  const texts = await Promise.all(files.map((file) => readFile(join(repository, file), 'utf8')));
  return texts
    .join('\n')
    .split(/(?<=[.:;])\s+/)
    .filter((sentence) => sentence.length > 20 && sentence.length < 400);
}

/** Numbers in [0, 1). */
function uniform(seed) {
  let state = (seed * 2654435761 + 12345) >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
