import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SuggestParams } from '../../../src/engine/rpc/suggestion';
import { suggest } from '../../../src/engine/suggestion/suggest';

const model = join(__dirname, '../../fixtures/oracle/llama');
const signal = new AbortController().signal;
let folder: string;
let file: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mora-suggest-'));
  file = join(folder, 'a.mora.json');
  const line = (index: number): string =>
    JSON.stringify({ input_ids: Array.from({ length: 10 + (index % 7) }, (_, t) => (5 * index + 3 * t + t * t) % 90) });
  await writeFile(join(folder, 'train.jsonl'), Array.from({ length: 600 }, (_, index) => `${line(index)}\n`).join(''));
});

afterAll(() => rm(folder, { recursive: true }));

function asking(adapter: object = {}, change: Partial<SuggestParams> = {}): SuggestParams {
  const configuration = { model, data: { train: 'train.jsonl', validation: 0, maxLength: 32 }, adapter };
  return { configuration, file, batches: 1, share: 0.5, budget: null, ...change };
}

const quiet = (): void => undefined;

describe('a suggestion', () => {
  it('scores the frozen weights, so the adapter changes what is proposed but no score', async () => {
    const mora = await suggest(asking({ rank: 2 }), quiet, signal);
    const lora = await suggest(asking({ method: 'lora', rank: 20, layers: [1], modules: ['q_proj'] }), quiet, signal);
    expect(lora.modules.map(({ score }) => score)).toEqual(mora.modules.map(({ score }) => score));
    expect(lora.modules.filter(({ selected }) => selected).map(({ name }) => name)).toEqual([
      'model.layers.1.self_attn.q_proj',
    ]);
    // LoRA of rank 20 on 40 → 40
    expect(lora.now).toEqual({ modules: 1, parameters: 1600 });
    expect(lora.proposal.budget).toBe(1600);
  });

  it('proposes the best by score, and says it as changes of the document', async () => {
    const { modules, proposal } = await suggest(asking({ method: 'lora' }, { share: 0.25 }), quiet, signal);
    const ranked = [...modules].sort((a, b) => b.score - a.score);
    expect(ranked.map(({ place }) => place)).toEqual(ranked.map((_, index) => index + 1));
    // A quarter of 14 is 3.5, of which 4 are taken.
    expect(ranked.map(({ suggested }) => suggested)).toEqual(ranked.map((_, index) => index < 4));
    const fields = proposal.changes.filter((change) => 'value' in change).map(({ field }) => field);
    expect(fields[0]).toBe('adapter.rank');
    expect(fields.length).toBeGreaterThan(1);
  });

  it('has as many modules as now unless told otherwise, or half of all', async () => {
    const some = asking({ method: 'lora', modules: ['q_proj', 'v_proj'] }, { share: null });
    expect((await suggest(some, quiet, signal)).proposal.modules).toBe(4);
    expect((await suggest(asking({}, { share: null }), quiet, signal)).proposal.modules).toBe(7);
  });

  it('hardly depends on how many batches it is measured on', async () => {
    const one = await suggest(asking(), quiet, signal);
    const two = await suggest(asking({}, { batches: 2 }), quiet, signal);
    // Large batches, whatever size trains fast: their squared norms are near that of the mean gradient.
    expect(one.measured.tokens).toBeGreaterThan(3500);
    expect(two.measured.examples).toBeGreaterThan(1.8 * one.measured.examples);
    two.modules.forEach(({ score }, index) => {
      expect(Math.abs(score / one.modules[index]!.score - 1)).toBeLessThan(0.1);
    });
  });

  it.each<[string, () => SuggestParams, RegExp]>([
    ['a budget that holds nothing', () => asking({}, { budget: 2 }), /budget of 2 parameters is too small/],
    ['an adapter to continue', () => asking({ initial: 'before' }), /"adapter\.initial" continues an adapter/],
    [
      'random weights',
      () => ({ ...asking(), configuration: { model: { config: model }, data: { train: 'train.jsonl' } } }),
      /"model" starts from random weights/,
    ],
  ])('is refused for %s, before anything is measured', async (_, params, message) => {
    let begun = false;
    const answer = suggest(params(), () => (begun = true), signal);
    await expect(answer).rejects.toThrow(message);
    expect(begun).toBe(false);
  });

  it('ends in the middle of a batch when it is aborted', async () => {
    const controller = new AbortController();
    let calls = 0;
    const answer = suggest(
      asking(),
      ({ share }) => {
        if (share > 0) {
          calls++;
          controller.abort();
        }
      },
      controller.signal,
    );
    await expect(answer).rejects.toMatchObject({ name: 'AbortError' });
    expect(calls).toBe(1);
  });
});
