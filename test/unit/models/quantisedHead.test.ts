import { describe, expect, it } from 'vitest';
import { quantisedLosses } from '../../../src/engine/models/quantisedHead';
import { gradient } from '../../../src/engine/graph/gradient';
import { constant, input } from '../../../src/engine/graph/value';
import type { DecoderConfig } from '../../../src/engine/models/decoderConfig';
import { quantise } from '../../../src/engine/models/quantise';
import { compiled } from '../../support/evaluateGraph';
import { gaussians32, seededRandom } from '../../support/seededRandom';

const [TOKENS, WIDTH, VOCABULARY] = [4, 24, 6000];

/** Probabilities that fall as 1 / rank: far most tokens of the vocabulary are below half a step of the likeliest. */
function headAndHidden(): { head: Float32Array; hidden: Float32Array } {
  const random = seededRandom(5);
  const head = gaussians32(VOCABULARY * WIDTH, random).map((value, at) => 0.3 * value + 0.2 * (1 + (at % 3)));
  const hidden = new Float32Array(TOKENS * WIDTH).map(() => 2 * (random() - 0.5));
  // The first input carries a logit of −ln(rank) for a random rank of each token.
  for (let v = 0; v < VOCABULARY; v++) head[v * WIDTH] = -Math.log(1 + Math.floor(VOCABULARY * random() ** 3));
  for (let t = 0; t < TOKENS; t++) hidden[t * WIDTH] = 1;
  return { head, hidden };
}

interface Expected {
  readonly losses: Float64Array;
  readonly gradients: Float64Array;
}

/** Losses and their gradient with numbers of double precision and the head as it is. */
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
  }
  return { losses, gradients };
}

/** Losses, and the error of each token's gradient relative to its norm, of the head in bytes. */
async function errors(
  targets: readonly number[],
  cap: number | undefined,
  centred: boolean,
): Promise<{ readonly losses: readonly number[]; readonly gradients: readonly number[] }> {
  const { head, hidden } = headAndHidden();
  const mean = new Float32Array(WIDTH);
  if (centred) head.forEach((value, at) => (mean[at % WIDTH] = mean[at % WIDTH]! + value / VOCABULARY));
  const { forward, forwardScales, backward, backwardScales } = quantise(head, VOCABULARY, WIDTH, mean);
  const inputs = [
    input('hidden', [TOKENS, WIDTH]),
    input('forward', [WIDTH, VOCABULARY], 'int8'),
    input('forwardScales', [VOCABULARY]),
    input('backward', [VOCABULARY, WIDTH], 'int8'),
    input('backwardScales', [WIDTH]),
    input('mean', [WIDTH]),
  ] as const;
  const [x, there, thereScales, back, backScales, centre] = inputs;
  const { losses } = quantisedLosses(
    x,
    constant([TOKENS], targets, 'int64'),
    { forward: { entries: there, scales: thereScales }, backward: { entries: back, scales: backScales }, mean: centre },
    { logitSoftcap: cap } as DecoderConfig,
  );
  const [dx] = gradient(losses, constant([TOKENS, 1], Array(TOKENS).fill(1)), [x]);
  const graph = await compiled(inputs, [losses, dx!]);
  const [found, gradients] = await graph.run([hidden, forward, forwardScales, backward, backwardScales, mean]);
  await graph.dispose();

  const expected = reference(head, hidden, targets, cap);
  return {
    losses: targets.map((_, t) => Math.abs(Number(found![t]) - expected.losses[t]!)),
    gradients: targets.map((_, t) => {
      const row = expected.gradients.subarray(t * WIDTH, (t + 1) * WIDTH);
      return Math.hypot(...row.map((value, d) => value - Number(gradients![t * WIDTH + d]))) / Math.hypot(...row);
    }),
  };
}

describe('a quantised head', () => {
  const targets = [0, 17, 2500, 5999];

  it.each([
    [undefined, 0.008],
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
});
