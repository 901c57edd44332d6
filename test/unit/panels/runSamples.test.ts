import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RunSamples } from '../../../src/host/panels/samples/runSamples';
import { MAX_SAMPLE_PROMPTS } from '../../../src/host/protocol/samples';
import { LineFollower } from '../../../src/run/lineFile';

let folder: string;
let file: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mora-samples-'));
  file = join(folder, 'samples.jsonl');
});
afterEach(() => rm(folder, { recursive: true }));

function line(kind: 'base' | 'sample', step: number, prompt: string, text: string): string {
  const settings = { promptTokens: 2, tokens: 3, maxTokens: 8, temperature: 0, seed: 0, expected: null };
  return `${JSON.stringify({ kind, step, index: 0, prompt, text, reason: 'end', ...settings })}\n`;
}

describe('the samples of a run', () => {
  it('are told by step, with what the base wrote and what was written at the step before', async () => {
    const samples = new RunSamples(file);
    await samples.read();
    expect(samples.at(null)).toBeNull();
    await writeFile(
      file,
      line('base', 0, 'p', 'base') + line('sample', 0, 'p', 'none') + line('sample', 5, 'p', 'five'),
    );
    await samples.read();
    expect(samples.at(null)).toMatchObject({ steps: [0, 5], step: 5, isCut: false });
    expect(samples.at(null)!.rows).toEqual([
      { prompt: 'p', expected: null, base: 'base', text: 'five', ended: true, before: 'none' },
    ]);
    expect(samples.at(0)!.rows[0]).toMatchObject({ text: 'none', before: null });
    await appendFile(file, line('sample', 9, 'p', 'nine'));
    await samples.read();
    // A step that is gone is the newest.
    expect(samples.at(7)).toMatchObject({ step: 9 });
    expect(samples.history(0)).toEqual([
      { step: 0, text: 'none' },
      { step: 5, text: 'five' },
      { step: 9, text: 'nine' },
    ]);
  });

  it('leave out lines that are cut or of another kind, and begin again when the file is written anew', async () => {
    const samples = new RunSamples(file);
    await writeFile(
      file,
      `{"kind":"sample","st\n{"kind":"other"}\n${line('sample', 1, 'p', 'one')}{"kind":"sample","step":2`,
    );
    await samples.read();
    expect(samples.at(null)).toMatchObject({ steps: [1] });
    await writeFile(file, line('sample', 0, 'q', 'new'));
    await samples.read();
    expect(samples.at(null)).toMatchObject({ steps: [0], rows: [{ prompt: 'q', text: 'new' }] });
  });

  it('stay within bounds, and say so, whatever a file holds', async () => {
    const samples = new RunSamples(file);
    const long = 'x'.repeat(100_000);
    const many = Array.from({ length: MAX_SAMPLE_PROMPTS + 9 }, (_, index) => line('sample', 0, `p${index}`, long));
    const steps = Array.from({ length: 2500 }, (_, index) => line('sample', index + 1, 'p0', 'short'));
    await writeFile(
      file,
      many.join('') + steps.join('') + 'y'.repeat(3 << 20) + '\n' + line('sample', 9999, 'p0', 'last'),
    );
    await samples.read();
    const at = samples.at(null)!;
    expect(at.rows).toHaveLength(MAX_SAMPLE_PROMPTS);
    expect(at.steps.length).toBeLessThanOrEqual(2000);
    expect(at).toMatchObject({ step: 9999, isCut: true });
    expect(at.rows[0]).toMatchObject({ text: 'last' });
    expect(at.steps[0]).toBe(0);
    expect(samples.at(0)!.rows[1]!.text!.length).toBeLessThan(10_000);
    expect(samples.history(0).length).toBeLessThanOrEqual(500);
  });
});

describe('following a file of lines', () => {
  it('drops a line that is too long as it comes, and goes on with the next', async () => {
    const follower = new LineFollower(file, { longestLine: 10 });
    await writeFile(file, `short\n${'x'.repeat(2 << 20)}`);
    expect((await follower.read()).lines).toEqual(['short']);
    await appendFile(file, `${'x'.repeat(50)}\nnext\n`);
    expect((await follower.read()).lines).toEqual(['next']);
  });

  it('takes no more at once than it may, and goes on where it was', async () => {
    const follower = new LineFollower(file, { mostBytes: 5 });
    await writeFile(file, 'one\ntwo\nthree\n');
    const found: string[][] = [];
    for (let times = 0; times < 3; times++) found.push((await follower.read()).lines);
    expect(found).toEqual([['one'], ['two'], ['three']]);
  });
});
