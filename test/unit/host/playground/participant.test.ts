import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { participantsOf } from '../../../../src/host/playground/participant';
import { writeStatus } from '../../../../src/run/status';
import { runStatus } from '../../../support/runStatus';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mora-participants-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function makeAdapter(path: string, base?: string): Promise<string> {
  await mkdir(path, { recursive: true });
  await writeFile(join(path, 'adapter_config.json'), JSON.stringify({ base_model_name_or_path: base }));
  return path;
}

async function makeModel(path: string): Promise<string> {
  await mkdir(path, { recursive: true });
  await writeFile(join(path, 'config.json'), '{}');
  return path;
}

describe('who answers for a path', () => {
  it('a model folder, or a file in it, answers alone', async () => {
    const model = await makeModel(join(folder, 'tiny'));
    const alone = [{ name: 'tiny', detail: 'base model', model, adapter: null, template: null }];
    expect(await participantsOf(model)).toEqual(alone);
    expect(await participantsOf(join(model, 'config.json'))).toEqual(alone);
  });

  it('an adapter answers after the base that it names, by a path seen from it or by a hub id', async () => {
    const model = await makeModel(join(folder, 'tiny'));
    const near = await makeAdapter(join(folder, 'near'), '../tiny');
    expect(await participantsOf(near)).toMatchObject([
      { model, adapter: null },
      { model, adapter: near },
    ]);
    const far = await makeAdapter(join(folder, 'far'), 'org/name');
    expect(await participantsOf(far)).toMatchObject([{ name: 'org/name', adapter: null }, { model: 'org/name' }]);
  });

  it('an adapter that names no base answers alone, and its model is to be chosen', async () => {
    const adapter = await makeAdapter(join(folder, 'alone'));
    expect(await participantsOf(adapter)).toMatchObject([{ adapter, model: null }]);
    await writeFile(join(adapter, 'adapter_config.json'), '{ broken');
    expect(await participantsOf(adapter)).toMatchObject([{ adapter, model: null }]);
  });

  it('of a run its newest checkpoint answers, with the model and the template that it was trained with', async () => {
    const root = join(folder, '20260101-000000-words');
    await mkdir(root);
    await writeStatus(join(root, 'status.json'), runStatus({ configurationFile: join(folder, 'words.mora.json') }));
    await expect(participantsOf(root)).rejects.toThrow(/has no checkpoint yet; [^\n]*\.$/);
    await makeAdapter(join(root, 'checkpoints', 'step-0000020'));
    const adapter = await makeAdapter(join(root, 'checkpoints', 'step-0001500'));
    const data = { train: join(folder, 'a.jsonl'), template: '/chat.jinja' };
    await writeFile(join(root, 'config.json'), JSON.stringify({ model: '/models/tiny', data }));
    const template = '/chat.jinja';
    expect(await participantsOf(root)).toEqual([
      { name: 'tiny', detail: 'base model', model: '/models/tiny', adapter: null, template },
      { name: 'words', detail: 'step 1,500', model: '/models/tiny', adapter, template },
    ]);
    expect((await participantsOf(join(root, 'checkpoints', 'step-0000020')))[1]?.detail).toBe('step 20');
  });

  it('says of anything else what it should have been', async () => {
    await expect(participantsOf(folder)).rejects.toThrow(/neither a run nor an adapter nor a model folder/);
    await expect(participantsOf(join(folder, 'nowhere'))).rejects.toThrow(/not there any more/);
  });
});
