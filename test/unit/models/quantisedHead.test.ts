import { describe, expect, it } from 'vitest';
import type { DecoderConfig } from '../../../src/engine/models/decoderConfig';
import { FROZEN_HEAD, type HeadPurpose } from '../../../src/engine/models/head/headParts';
import { HEAD_TILE } from '../../../src/engine/models/head/quantisedHead';
import { headOfArrays, quantiseHead } from '../../../src/engine/models/head/quantiseHead';
import type { Chunk } from '../../../src/engine/training/head/chunkHead';
import { TiledHead } from '../../../src/engine/training/head/tiledHead';
import { runtime } from '../../support/evaluateGraph';
import { rowsOf } from '../../support/rowsOf';
import { gaussians32, seededRandom } from '../../support/seededRandom';

/** Two tiles of the vocabulary and a part of one. */
const [TOKENS, WIDTH, VOCABULARY] = [4, 24, 2 * HEAD_TILE + 600];

/** Sum of the squares of a token's hidden state: the same for all, so that a norm can give back what it gets. */
const SQUARES = 1 + (WIDTH - 1) / 3;

/** Probabilities that fall as 1 / rank: far most tokens of the vocabulary are below half a step of the likeliest. */
function headAndHidden(): { head: Float32Array; hidden: Float32Array } {
  const random = seededRandom(5);
  const head = gaussians32(VOCABULARY * WIDTH, random).map((value, at) => 0.3 * value + 0.2 * (1 + (at % 3)));
  const hidden = new Float32Array(TOKENS * WIDTH).map(() => 2 * (random() - 0.5));
  // The first input carries a logit of −ln(rank) for a random rank of each token.
  for (let v = 0; v < VOCABULARY; v++) head[v * WIDTH] = -Math.log(1 + Math.floor(VOCABULARY * random() ** 3));
  for (let t = 0; t < TOKENS; t++) {
    const rest = hidden.subarray(t * WIDTH + 1, (t + 1) * WIDTH);
    const factor = Math.sqrt((SQUARES - 1) / rest.reduce((sum, value) => sum + value * value, 0));
    rest.forEach((value, d) => (rest[d] = factor * value));
    hidden[t * WIDTH] = 1;
  }
  return { head, hidden };
}

interface Expected {
  readonly losses: Float64Array;
  readonly gradients: Float64Array;
}

/** Losses and their gradient, through the norm, with numbers of double precision and the head as it is. */
function reference(
  head: Float32Array,
  hidden: Float32Array,
  targets: readonly number[],
  cap: number | undefined,
): Expected {
  const losses = new Float64Array(TOKENS);
  const gradients = new Float64Array(TOKENS * WIDTH);
  for (let t = 0; t < TOKENS; t++) {
    const raw = Float64Array.from({ length: VOCABULARY }, (_, v) => {
      let sum = 0;
      for (let d = 0; d < WIDTH; d++) sum += head[v * WIDTH + d]! * hidden[t * WIDTH + d]!;
      return sum;
    });
    const logits = cap === undefined ? raw : raw.map((z) => cap * Math.tanh(z / cap));
    const most = logits.reduce((a, b) => Math.max(a, b));
    const total = logits.reduce((sum, z) => sum + Math.exp(z - most), 0);
    losses[t] = most + Math.log(total) - logits[targets[t]!]!;
    logits.forEach((z, v) => {
      const slope = cap === undefined ? 1 : 1 - (z / cap) ** 2;
      const push = (Math.exp(z - most) / total - Number(v === targets[t])) * slope;
      for (let d = 0; d < WIDTH; d++)
        gradients[t * WIDTH + d] = gradients[t * WIDTH + d]! + push * head[v * WIDTH + d]!;
    });
    const [row, x] = [gradients, hidden].map((all) => all.subarray(t * WIDTH, (t + 1) * WIDTH)) as [
      Float64Array,
      Float32Array,
    ];
    const along = row.reduce((sum, value, d) => sum + value * x[d]!, 0) / SQUARES;
    row.forEach((value, d) => (row[d] = value - along * x[d]!));
  }
  return { losses, gradients };
}

interface Found {
  readonly losses: readonly number[];
  readonly gradients: Float32Array;
  readonly hits: readonly number[];
}

/** What the head in bytes makes of the tokens; rows are centred by `mean` if given, else by their own. */
async function quantised(
  head: Float32Array,
  hidden: Float32Array,
  targets: readonly number[],
  { cap, mean }: { readonly cap?: number; readonly mean?: Float32Array<ArrayBuffer> },
): Promise<Found> {
  const config = {
    vocabularySize: VOCABULARY,
    hiddenSize: WIDTH,
    logitSoftcap: cap,
    epsilon: 0,
    normOffset: 0,
  } as DecoderConfig;
  const norm = runtime.tensor(new Float32Array(WIDTH).fill(Math.sqrt(SQUARES / WIDTH)), [WIDTH]);
  const bytes = headOfArrays(quantiseHead(rowsOf(head, WIDTH), config, mean), runtime);
  const tiled = new TiledHead(runtime, config, bytes, norm, FROZEN_HEAD);
  const run = async (purpose: HeadPurpose, weights: readonly number[]) => {
    const loss = runtime.tensor(new Float32Array(1), [1, 1]);
    const hits = runtime.tensor(new Float32Array(TOKENS), [TOKENS, 1]);
    const hiddenGradient = runtime.tensor(new Float32Array(TOKENS * WIDTH), [TOKENS, WIDTH]);
    const chunk = {
      size: TOKENS,
      hidden: runtime.tensor(hidden, [TOKENS, WIDTH]),
      targets: runtime.tensor(BigInt64Array.from(targets, BigInt), [TOKENS]) as Chunk['targets'],
      weights: runtime.tensor(Float32Array.from(weights), [TOKENS, 1]),
    };
    await tiled.run(purpose, chunk, purpose === 'training' ? { loss, hiddenGradient } : { loss, hits });
    return { loss: Number(loss.data[0]), hits: Array.from(hits.data, Number), gradients: hiddenGradient.data };
  };
  const losses: number[] = [];
  for (const t of targets.keys()) {
    const only = targets.map((_, index) => Number(index === t));
    const [trained, evaluated] = [await run('training', only), await run('evaluation', only)];
    expect(evaluated.loss).toBe(trained.loss);
    losses.push(trained.loss);
  }
  const ones = Array<number>(TOKENS).fill(1);
  const { gradients } = await run('training', ones);
  const { hits } = await run('evaluation', ones);
  await tiled.dispose();
  return { losses, gradients: gradients as Float32Array, hits };
}

/** Errors of the losses, and of each token's gradient relative to its norm. */
async function errors(
  targets: readonly number[],
  cap: number | undefined,
  centred: boolean,
): Promise<{ readonly losses: readonly number[]; readonly gradients: readonly number[] }> {
  const { head, hidden } = headAndHidden();
  const found = await quantised(head, hidden, targets, {
    ...(cap !== undefined && { cap }),
    ...(!centred && { mean: new Float32Array(WIDTH) }),
  });
  const expected = reference(head, hidden, targets, cap);
  return {
    losses: targets.map((_, t) => Math.abs(found.losses[t]! - expected.losses[t]!)),
    gradients: targets.map((_, t) => {
      const row = expected.gradients.subarray(t * WIDTH, (t + 1) * WIDTH);
      return Math.hypot(...row.map((value, d) => value - found.gradients[t * WIDTH + d]!)) / Math.hypot(...row);
    }),
  };
}

describe('a quantised head', () => {
  const targets = [0, HEAD_TILE + 17, 2 * HEAD_TILE - 1, VOCABULARY - 1];

  it.each([
    [undefined, 0.01],
    [6, 0.025],
  ])('gives losses and gradients near those of the exact head; softcap %s', async (cap, bound) => {
    const found = await errors(targets, cap, true);
    for (const error of found.losses) expect(error).toBeLessThan(0.08);
    for (const error of found.gradients) expect(error).toBeLessThan(bound);
  });

  it.each([[undefined], [6]])('is nearer centred than as it is, for every token; softcap %s', async (cap) => {
    const [centred, plain] = [await errors(targets, cap, true), await errors(targets, cap, false)];
    centred.gradients.forEach((error, t) => expect(error).toBeLessThan(0.6 * plain.gradients[t]!));
  });

  it('counts the first of the likeliest tokens as a hit, in whatever tiles they are', async () => {
    const hidden = new Float32Array(TOKENS * WIDTH).fill(Math.sqrt(SQUARES / WIDTH));
    const head = new Float32Array(VOCABULARY * WIDTH);
    const [first, second] = [HEAD_TILE + 5, 2 * HEAD_TILE + 5];
    for (const token of [first, second]) head.fill(1, token * WIDTH, (token + 1) * WIDTH);
    const { hits } = await quantised(head, hidden, [first, second, 5, HEAD_TILE + 4], {});
    expect(hits).toEqual([1, 0, 0, 0]);
  });

  it.each([NaN, Infinity, -Infinity])('has no loss and no gradient for a hidden state with %s', async (entry) => {
    const { head, hidden } = headAndHidden();
    hidden[2 * WIDTH + 5] = entry;
    const { losses, gradients } = await quantised(head, hidden, targets, {});
    expect(losses).toEqual([NaN, NaN, NaN, NaN]);
    expect(Array.from(gradients, Number.isNaN)).toEqual(
      Array.from({ length: TOKENS * WIDTH }, (_, at) => Math.floor(at / WIDTH) === 2),
    );
  });
});
