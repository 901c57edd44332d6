import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ExportReport } from '../../src/engine/rpc/export';
import { mora, projectFolder, repository, startMora, tinyModel } from './commandLine';

const embeddedModel = path.join(repository, 'media/model/tiny-llama-3m');

let project: Awaited<ReturnType<typeof projectFolder>>;
let run: string;

beforeAll(async () => {
  project = await projectFolder();
  run = path.join(project.folder, 'run');
  expect((await mora(['train', project.file, '--run-dir', run])).code).toBe(0);
});

afterAll(() => project.remove());

/** The words of an export of the run, and what it says as JSON. */
async function exported(words: readonly string[], out: string): Promise<ExportReport> {
  const { code, stdout, stderr } = await mora([...words, '--out', out, '--json'], project.folder);
  expect(stderr).toBe('');
  expect(code).toBe(0);
  return JSON.parse(stdout) as ExportReport;
}

describe('an adapter leaves', () => {
  it('in its base model, which then needs no adapter', async () => {
    const report = await exported(['merge', run], 'whole');
    const out = path.join(project.folder, 'whole');
    expect(report).toMatchObject({ out, format: 'merged', model: tinyModel });
    expect(report.adapter).toBe(path.join(run, 'checkpoints', 'step-0000003'));
    expect(report.logits.difference).toBeLessThanOrEqual(report.logits.bound!);
    expect(report.logits.adapterEffect).toBeGreaterThan(0);
    const inspection = JSON.parse((await mora(['inspect', out, '--json'])).stdout) as { kind: string };
    expect(inspection.kind).toBe('model');
    // What was merged is a base like any other.
    const again = ['train', project.file, '--set', `model=${out}`, '--run-dir', path.join(project.folder, 'again')];
    expect((await mora(again)).code).toBe(0);
  });

  it('as an exact LoRA and in the format of the official code', async () => {
    const lora = await exported(['export', run, '--format', 'peft'], 'lora');
    expect(lora.overall).toEqual({ error: 0, optimum: 0 });
    const official = await exported(['export', run, '--format', 'mora'], 'official');
    expect(official.logits.difference).toBe(0);
    // Both load again, as any adapter does, and the LoRA of the LoRA is the same.
    const copy = await exported(['export', 'lora', '--format', 'peft'], 'copy');
    expect(copy.logits.difference).toBe(0);
    const weights = (folder: string): Promise<Buffer> =>
      readFile(path.join(project.folder, folder, 'adapter_model.safetensors'));
    expect((await weights('copy')).equals(await weights('lora'))).toBe(true);
  });

  it('as it was best, not last', async () => {
    const best = path.join(project.folder, 'best');
    // The learning rate is so high that the first of these steps is the last good one.
    const settings = ['steps=4', 'learningRate=0.5', 'schedule=constant', 'evaluateEvery=1', 'keepBest=true'];
    const words = settings.flatMap((setting) => ['--set', `training.${setting}`]);
    expect((await mora(['train', project.file, '--run-dir', best, ...words])).code).toBe(0);
    const { bestStep } = JSON.parse(await readFile(path.join(best, 'status.json'), 'utf8')) as { bestStep: number };
    expect(bestStep).toBeLessThan(4);
    const report = await exported(['export', best, '--best', '--format', 'mora'], 'of-best');
    expect(report.adapter).toBe(path.join(best, 'checkpoints', `step-000000${bestStep}`));
    const newest = await exported(['export', best, '--format', 'mora'], 'of-newest');
    expect(newest.adapter).toBe(path.join(best, 'checkpoints', 'step-0000004'));
  });

  it('with a page that says how near it is', async () => {
    const { code, stdout } = await mora(
      ['export', run, '--format', 'peft', '--rank', '2', '--out', 'near'],
      project.folder,
    );
    expect(code).toBe(0);
    expect(stdout).toMatch(/^wrote {2}\S+near {2}peft, [\d.]+ KiB$/m);
    expect(stdout).toMatch(/^all together +\d[\d.]* % +\d[\d.]* %$/m);
    expect(stdout).toMatch(/^read back: logits differ from base plus adapter by \d.*stated, not bounded$/m);
    expect(stdout).not.toContain('\u001b');
  });
});

it.each([
  [['merge', 'run', '--out', 'run'], /run: is not empty, and nothing in it is overwritten/],
  [['merge', 'nowhere', '--out', 'x'], /nowhere: does not exist/],
  [['merge', tinyModel, '--out', 'x'], /is no adapter; give an adapter folder/],
  [['export', 'run', '--out', 'x', '--format', 'onnx'], /--format/],
  [['export', 'run', '--out', 'x'], /--format/],
  [['merge', 'run'], /--out/],
  [['merge', tinyModel, '--best', '--out', 'x'], /is no run, so there is no best of several; leave out --best/],
])('refuses %j in one line', async (words, message) => {
  const { code, stdout, stderr } = await mora(words, project.folder);
  expect(stderr).toMatch(/^mora: [^\n]+\n$/);
  expect(stderr).toMatch(message);
  expect(stderr).not.toContain('unexpected');
  expect(stdout).toBe('');
  expect(code).toBe(1);
  expect(existsSync(path.join(project.folder, 'x'))).toBe(false);
});

it('ends on Ctrl+C and leaves nothing behind', async () => {
  const big = path.join(project.folder, 'big');
  const settings = ['--set', `model=${embeddedModel}`, '--set', 'training.steps=1', '--run-dir', big];
  expect((await mora(['train', project.file, ...settings])).code).toBe(0);
  const before = await readdir(project.folder);
  const command = startMora(['merge', big, '--out', 'stopped'], project.folder);
  const partial = path.join(project.folder, 'stopped.partial');
  await expect.poll(() => existsSync(partial), { timeout: 60_000, interval: 5 }).toBe(true);
  command.child.kill('SIGINT');
  const { code, stdout, stderr } = await command.outcome;
  expect({ code, stdout, stderr }).toEqual({ code: 130, stdout: '', stderr: '' });
  expect(await readdir(project.folder)).toEqual(before);
});
