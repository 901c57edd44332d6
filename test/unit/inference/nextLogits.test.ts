import { describe, expect, it } from 'vitest';
import { nextLogits } from '../../../src/engine/inference/nextLogits';
import type { DecoderConfig } from '../../../src/engine/models/decoderConfig';
import { HEAD_TILE } from '../../../src/engine/models/head/quantisedHead';
import { headOfArrays, quantiseHead } from '../../../src/engine/models/head/quantiseHead';
import { StoredTable } from '../../../src/engine/models/storedTable';
import { ProgramCache } from '../../../src/engine/runtime/programCache';
import { runtime } from '../../support/evaluateGraph';
import { rowsOf } from '../../support/rowsOf';
import { gaussians32, seededRandom } from '../../support/seededRandom';

/** Two tiles of the vocabulary and a part of one. */
const [TOKENS, WIDTH, VOCABULARY] = [3, 24, 2 * HEAD_TILE + 600];

const config = {
  vocabularySize: VOCABULARY,
  hiddenSize: WIDTH,
  logitSoftcap: undefined,
  epsilon: 0,
  normOffset: 0,
} as DecoderConfig;

/** Σ x · w of every token and row, with x divided by its root mean square, in double precision. */
function expected(hidden: Float32Array, head: Float32Array): Float64Array {
  return Float64Array.from({ length: TOKENS * VOCABULARY }, (_, at) => {
    const x = hidden.subarray(Math.floor(at / VOCABULARY) * WIDTH).subarray(0, WIDTH);
    const w = head.subarray((at % VOCABULARY) * WIDTH).subarray(0, WIDTH);
    const size = Math.sqrt(x.reduce((sum, value) => sum + value * value, 0) / WIDTH);
    return x.reduce((sum, value, d) => sum + (value / size) * w[d]!, 0);
  });
}

describe('the logits of tokens', () => {
  const random = seededRandom(11);
  const head = gaussians32(VOCABULARY * WIDTH, random);
  const hidden = gaussians32(TOKENS * WIDTH, random);
  const norm = runtime.tensor(new Float32Array(WIDTH).fill(1), [WIDTH]);
  const exact = expected(hidden, head);
  // Of no file: to read it fails.
  const nowhere = { file: '-', descriptor: -1, dtype: 'F32', start: 0, end: 4 * VOCABULARY * WIDTH } as const;

  it.each([
    ['a head in float32', runtime.tensor(head, [VOCABULARY, WIDTH]), 1e-5],
    // Rounded twice to a 127th of the largest entry: for 24 products of normal numbers the sums differ by some hundredths.
    ['one of which only bytes are in memory, tile by tile', new StoredTable(nowhere, WIDTH), 0.2],
  ])('come from %s', async (_, table, tolerance) => {
    const programs = new ProgramCache(runtime);
    const model = {
      config,
      norm,
      head: table,
      quantisedHead: headOfArrays(quantiseHead(rowsOf(head, WIDTH), config), runtime),
    };
    const found = await (await nextLogits(runtime, model, programs, TOKENS))(hidden);
    const worst = exact.reduce((most, value, at) => Math.max(most, Math.abs(value - found[at]!)), 0);
    expect(worst).toBeLessThan(tolerance);
    await programs.dispose();
  });
});
