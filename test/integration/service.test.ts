import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UserError } from '../../src/config/userError';
import type { EngineService } from '../../src/engine/rpc/engineService';
import { startEngineService } from '../../src/engine/rpc/startEngineService';
import type { Suggestion } from '../../src/engine/rpc/suggestion';
import type { ModuleSpectrum } from '../../src/run/spectra';
import { engineBundle, mora, projectFolder, repository, tinyConfiguration, tinyModel } from './commandLine';

const embeddedModel = path.join(repository, 'media/model/tiny-llama-3m');
const prompt = 'Four score and seven years ago';

interface Spectra {
  readonly modules: readonly (ModuleSpectrum & { readonly intruders: { readonly count: number } })[];
}

let engine: EngineService;
let project: Awaited<ReturnType<typeof projectFolder>>;

beforeAll(async () => {
  engine = startEngineService({ node: process.execPath, engine: engineBundle });
  project = await projectFolder();
});

afterAll(async () => {
  engine.dispose();
  await project.remove();
});

describe('engine serve', () => {
  it('plans a document with paths relative to it', async () => {
    const plan = await engine.plan({ configuration: tinyConfiguration, file: project.file, examples: 2 });
    expect(plan.model).toMatchObject({ family: 'llama', layers: 2, hiddenSize: 40, vocabularySize: 96 });
    expect(plan.data).toMatchObject({ trainExamples: 20, validationExamples: 4, totalSteps: 3 });
    expect(plan.data!.examples).toHaveLength(2);
  });

  it('suggests what to train from the data, tells how far it is, and stops when asked to', async () => {
    const params = { configuration: tinyConfiguration, file: project.file, batches: 2, share: 0.5, budget: null };
    const shares: number[] = [];
    const suggestion = await engine.suggest(params, ({ share }) => shares.push(share));
    expect(shares.at(-1)).toBe(1);
    expect(shares).toEqual([...shares].sort((a, b) => a - b));
    expect(suggestion.modules.map(({ place }) => place).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 14 }, (_, index) => index + 1),
    );
    expect(suggestion.modules.filter(({ suggested }) => suggested).map(({ place }) => place)).toHaveLength(7);
    expect(Math.max(...suggestion.modules.filter((module) => module.suggested).map(({ place }) => place))).toBe(7);
    expect(suggestion.measured).toMatchObject({ examples: 20, batches: 1 });
    expect(suggestion.now.modules).toBe(14);
    expect(suggestion.modules.every(({ selected }) => selected)).toBe(true);
    expect(Math.abs(suggestion.proposal.parameters / suggestion.proposal.budget - 1)).toBeLessThan(0.15);

    const controller = new AbortController();
    const stopped = engine.suggest(params, () => controller.abort(), controller.signal);
    await expect(stopped).rejects.toMatchObject({ name: 'AbortError' });
    await expect(engine.suggest({ ...params, budget: 3 }, () => undefined)).rejects.toBeInstanceOf(UserError);
  });

  it('answers a question that the user can mend with a UserError, and goes on', async () => {
    const configuration = { ...tinyConfiguration, training: { steps: -1 } };
    const failure = engine.plan({ configuration, file: project.file, examples: 0 });
    await expect(failure).rejects.toBeInstanceOf(UserError);
    await expect(failure).rejects.toThrow(/"training\.steps"/);
    await expect(engine.inspect({ path: tinyModel })).resolves.toMatchObject({ kind: 'model' });
  });

  it('streams the text that it answers with, and the same seed gives the same text', async () => {
    const params = { model: embeddedModel, prompt, maxTokens: 12, temperature: 1, seed: 3 };
    let streamed = '';
    const first = await engine.generate(params, (text) => (streamed += text));
    expect(streamed).toBe(first.text);
    expect(first.tokens).toBeLessThanOrEqual(12);
    // How long it took is another matter.
    expect(await engine.generate(params, () => undefined)).toEqual({ ...first, seconds: expect.anything() as object });
    const other = await engine.generate({ ...params, seed: 4 }, () => undefined);
    expect(other.text).not.toBe(first.text);
  });

  it('stops generating when asked to, and answers the next request', async () => {
    const controller = new AbortController();
    const params = { model: embeddedModel, prompt, maxTokens: 400, temperature: 1, seed: 0 };
    const pending = engine.generate(params, () => controller.abort(), controller.signal);
    await expect(pending).rejects.toMatchObject({ name: 'AbortError' });
    await expect(engine.generate({ ...params, maxTokens: 1 }, () => undefined)).resolves.toMatchObject({ tokens: 1 });
  });
});

describe('the commands that ask the engine', () => {
  it('plan as JSON is the plan', async () => {
    const { code, stdout } = await mora(['plan', project.file, '--json', '--examples', '1']);
    expect(code).toBe(0);
    const plan = await engine.plan({ configuration: tinyConfiguration, file: project.file, examples: 1 });
    const { memory: _, ...told } = JSON.parse(stdout) as typeof plan; // what is free changes all the time
    expect(plan).toMatchObject(told);
  });

  it('plan --suggest writes what it suggests only when told to, and what it wrote is what it planned', async () => {
    const before = await readFile(project.file, 'utf8');
    const refused = await mora(['plan', project.file, '--suggest', '--write']);
    expect(refused.stderr).toMatch(/^mora: --write asks .* add --yes\.\n$/);
    const { code, stdout } = await mora(['plan', project.file, '--suggest', '--json', '--batches', '1']);
    expect(code).toBe(0);
    expect(await readFile(project.file, 'utf8')).toBe(before);
    const { modules, proposal } = JSON.parse(stdout) as Suggestion;
    expect((await mora(['plan', project.file, '--batches', '1', '--yes'])).code).toBe(0);
    const configuration: unknown = JSON.parse(await readFile(project.file, 'utf8'));
    const plan = await engine.plan({ configuration, file: project.file, examples: 0 });
    expect(plan.trainableParameters).toBe(proposal.parameters);
    expect(plan.modules.map(({ selected }) => selected)).toEqual(modules.map(({ suggested }) => suggested));
    await writeFile(project.file, before);
  });

  it('inspect shows the spectra of a run', async () => {
    const root = path.join(project.folder, 'run');
    expect((await mora(['train', project.file, '--run-dir', root])).code).toBe(0);
    const { code, stdout } = await mora(['inspect', root, '--json']);
    expect(code).toBe(0);
    const inspection = JSON.parse(stdout) as Record<string, unknown>;
    expect(Object.keys(inspection)).toEqual(['kind', 'path', 'adapter', 'modules']);
    expect(inspection).toMatchObject({ kind: 'run', path: root, adapter: { method: 'mora', moraType: 1, rank: 2 } });
    expect(inspection.modules).toHaveLength(14);
    const page = await mora(['inspect', root]);
    expect(page.stdout).toMatch(/^ {4}0 {2}q_proj .*[█▇▆▅▄▃▂▁·]+$/m);
  });

  it('inspect shows the difference of two models as what was merged into one, and intruder dimensions', async () => {
    const root = path.join(project.folder, 'run');
    const merged = path.join(project.folder, 'merged');
    expect((await mora(['merge', root, '--out', merged])).code).toBe(0);
    const adapter = JSON.parse((await mora(['inspect', root, '--json', '--intruders'])).stdout) as Spectra;
    const found = await mora(['inspect', merged, '--base', tinyModel, '--intruders', '--json']);
    const difference = JSON.parse(found.stdout) as Spectra;
    expect(difference).toMatchObject({ kind: 'difference', path: merged, base: tinyModel, adapter: null });
    expect(difference.modules).toHaveLength(14);
    for (const module of difference.modules) {
      const own = adapter.modules.find(({ name }) => name === module.name)!;
      // Each merged weight was rounded once to float32.
      expect(Math.abs(module.frobenius - own.frobenius)).toBeLessThan(1e-6 * module.baseNorm!);
      expect(Math.abs(module.singularValues[0]! - own.singularValues[0]!)).toBeLessThan(1e-6 * module.baseNorm!);
      expect(module.intruders).toMatchObject({ count: own.intruders.count, top: 10, epsilon: 0.6 });
    }
    const page = await mora(['inspect', merged, '--base', tinyModel]);
    expect(page.stdout).toMatch(/^difference {2}.*‖ΔW‖\/‖W‖/ms);
    const alone = await mora(['inspect', merged, '--intruders']);
    expect(alone.stderr).toMatch(/is no change of a base model/);
  });

  it('generate writes what the engine generates', async () => {
    const { code, stdout } = await mora(['generate', embeddedModel, '--prompt', prompt, '--max-tokens', '8']);
    const params = { model: embeddedModel, prompt, maxTokens: 8, temperature: 0, seed: 0 };
    expect(stdout).toBe(`${(await engine.generate(params, () => undefined)).text}\n`);
    expect(code).toBe(0);
  });
});
