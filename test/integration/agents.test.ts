import { readFile, readdir, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isActive, processIsAlive, readStatus } from '../../src/run/status';
import { projectFolder, repository, tinyModel } from './commandLine';

const embeddedModel = path.join(repository, 'media/model/tiny-llama-3m');
const steps = 4000; // more than anyone waits for

interface Answer {
  readonly failed: boolean;
  readonly text: string;
  readonly value: Record<string, unknown>;
}

let project: Awaited<ReturnType<typeof projectFolder>>;
let client: Client;

/** An agent's program, by the protocol's own client. */
async function connect(...words: string[]): Promise<Client> {
  const command = [path.join(repository, 'dist/cli.js'), 'mcp', ...words];
  const connected = new Client({ name: 'test', version: '1' });
  await connected.connect(new StdioClientTransport({ command: process.execPath, args: command, cwd: project.folder }));
  return connected;
}

async function call(name: string, input: Record<string, unknown> = {}): Promise<Answer> {
  const { isError, content, structuredContent } = await client.callTool({ name, arguments: input });
  const [{ text }] = content as [{ text: string }];
  return { failed: isError === true, text, value: structuredContent as Record<string, unknown> };
}

async function refusal(name: string, input: Record<string, unknown>): Promise<string> {
  const { failed, text } = await call(name, input);
  expect(failed, text).toBe(true);
  expect(text).not.toContain('\n');
  return text;
}

async function runFolders(): Promise<string[]> {
  return readdir(path.join(project.folder, '.mora/runs')).catch(() => []);
}

beforeEach(async () => {
  project = await projectFolder();
  const configuration = {
    model: embeddedModel,
    data: { train: 'train.jsonl', validation: 4, maxLength: 32 },
    adapter: { method: 'mora', mode: 'sharing', rank: 2 },
    training: { steps, batchSize: 4, learningRate: 1e-3, evaluateEvery: 2, saveEvery: 0 },
  };
  await writeFile(path.join(project.folder, 'embedded.mora.json'), JSON.stringify(configuration));
  client = await connect();
});

afterEach(async () => {
  await client.close();
  // A test that failed may have left a run that goes on.
  for (const run of await runFolders()) {
    const status = await readStatus(path.join(project.folder, '.mora/runs', run, 'status.json'));
    if (status !== undefined && isActive(status.state) && processIsAlive(status.pid)) process.kill(status.pid);
  }
  await project.remove();
});

describe('mora mcp', () => {
  it('lists six tools, and says which of them a person should be asked about', async () => {
    const { tools } = await client.listTools();
    const names = [
      'list_runs',
      'read_run_metrics',
      'describe_checkpoint',
      'plan_configuration',
      'start_run',
      'stop_run',
    ];
    expect(tools.map(({ name }) => name)).toEqual(names);
    const hints = Object.fromEntries(tools.map(({ name, annotations }) => [name, annotations]));
    for (const name of names.slice(0, 4)) expect(hints[name]).toMatchObject({ readOnlyHint: true });
    expect(hints.start_run).toMatchObject({ readOnlyHint: false, idempotentHint: false, openWorldHint: true });
    expect(hints.stop_run).toMatchObject({ readOnlyHint: false, destructiveHint: true });
    for (const { inputSchema } of tools) expect(inputSchema).toMatchObject({ type: 'object' });
  });

  it('plans, starts a run, watches it, stops it and describes what it learned; the run outlives the server', async () => {
    const plan = await call('plan_configuration', { configuration: 'embedded.mora.json', examples: 2 });
    expect(plan.failed, plan.text).toBe(false);
    expect(plan.value).toMatchObject({ model: { family: 'llama', layers: 6 }, totalSteps: steps });
    expect(plan.value).toMatchObject({ modules: { selected: 42, of: 42 } });
    expect(await runFolders()).toEqual([]);

    const started = await call('start_run', { configuration: 'embedded.mora.json', set: { 'adapter.rank': 4 } });
    expect(started.failed, started.text).toBe(false);
    const { id, directory } = started.value.run as { id: string; directory: string };
    expect(await runFolders()).toEqual([id]);
    const config = JSON.parse(await readFile(path.join(directory, 'config.json'), 'utf8')) as unknown;
    expect(config).toMatchObject({ adapter: { rank: 4 }, training: { steps } });
    expect(await refusal('start_run', { configuration: 'embedded.mora.json' })).toContain('a run of it is');

    const window = async (): Promise<number> => {
      const { value } = await call('read_run_metrics', { run: id, rows: 4 });
      const { steps: table } = value as { steps: { rows: unknown[]; columns: string[] } };
      expect(table.rows.length).toBeLessThanOrEqual(4);
      return (value as { window: { steps: number } }).window.steps;
    };
    await expect.poll(window, { timeout: 60_000, interval: 200 }).toBeGreaterThan(8);

    // Another server on the same folder: the first one's end did not end the run.
    await client.close();
    const status = (await readStatus(path.join(directory, 'status.json')))!;
    expect(processIsAlive(status.pid)).toBe(true);
    client = await connect('--root', project.folder);
    const active = await call('list_runs', { state: 'active' });
    expect(active.value).toMatchObject({ total: 1, runs: [{ id, method: 'mora', totalSteps: steps }] });
    const before = await window();
    await expect.poll(window, { timeout: 60_000, interval: 200 }).toBeGreaterThan(before);

    const stopped = await call('stop_run', { run: directory });
    expect(stopped.failed, stopped.text).toBe(false);
    await expect
      .poll(async () => (await readStatus(path.join(directory, 'status.json')))?.state, { timeout: 60_000 })
      .toBe('stopped');
    expect(await refusal('stop_run', { run: id })).toContain('has ended already (stopped)');

    const { value } = await call('read_run_metrics', { run: id, from: 2, to: 3 });
    const lines = (await readFile(path.join(directory, 'metrics.jsonl'), 'utf8')).trim().split('\n');
    const losses = lines
      .map((line) => JSON.parse(line) as { kind: string; step: number; loss: number })
      .filter(({ kind, step }) => kind === 'step' && (step === 2 || step === 3))
      .map(({ step, loss }) => [step, Number(loss.toPrecision(5))]);
    const table = (value as { steps: { rows: number[][] } }).steps;
    expect(table.rows.map((row) => row.slice(0, 2))).toEqual(losses);

    const described = await call('describe_checkpoint', { path: directory, limit: 5 });
    expect(described.value).toMatchObject({
      kind: 'run',
      adapter: { method: 'mora', mode: 'sharing', rank: 4 },
      modules: { total: 42 },
    });
    const { modules } = described.value as { modules: { columns: string[]; rows: number[][] } };
    expect(modules.rows).toHaveLength(5);
    const [bound, effective] = ['rankBound', 'effectiveRank'].map((name) => modules.columns.indexOf(name));
    for (const row of modules.rows) expect(row[effective!]).toBeLessThanOrEqual(row[bound!]!);
  });

  it('refuses in a sentence what its schemas do not allow, and does nothing', async () => {
    expect(await refusal('list_runs', { limit: 0 })).toBe('list_runs: "limit" must be at least 1.');
    expect(await refusal('list_runs', { state: 'done' })).toMatch(/^list_runs: "state" /);
    expect(await refusal('list_runs', { folder: '/' })).toContain('there is no input "folder"');
    expect(await refusal('read_run_metrics', {})).toMatch(/"run" is missing/);
    expect(await refusal('read_run_metrics', { run: 'x', from: 3, to: 2 })).toContain('"from" 3 comes after');
    expect(await refusal('read_run_metrics', { run: 'nothing' })).toContain('there is no such file or folder');
    expect(await refusal('describe_checkpoint', { path: 'a\nb' })).toContain('control characters');
    expect(await refusal('plan_configuration', { configuration: 'train.jsonl' })).toContain('*.mora.json');
    const set = { 'training.steps': 'many' };
    const steps = await refusal('start_run', { configuration: 'embedded.mora.json', set });
    expect(steps).toContain('"training.steps" must be of type number');
    const path = { configuration: 'embedded.mora.json', set: { '../x': 1 } };
    expect(await refusal('start_run', path)).toContain('dotted paths');
    expect(await refusal('delete_run', {})).toContain('There is no tool "delete_run"');
    const layer = { configuration: 'embedded.mora.json', set: { 'adapter.layers': [9] } };
    expect(await refusal('start_run', layer)).toContain('adapter.layers');
    expect(await runFolders()).toEqual([]);
  });

  it('reaches nothing outside of its folders, by path, by link or by what a configuration names', async () => {
    const outside = /outside of what agents may reach/;
    expect(await refusal('describe_checkpoint', { path: tinyModel })).toMatch(outside);
    expect(await refusal('describe_checkpoint', { path: '../../etc' })).toMatch(outside);
    await symlink(tinyModel, path.join(project.folder, 'link'));
    expect(await refusal('describe_checkpoint', { path: 'link' })).toMatch(outside);
    expect(await refusal('stop_run', { run: '/tmp' })).toMatch(outside);
    for (const set of [
      { model: tinyModel },
      { model: { config: '../..' } },
      { 'data.train': '/etc/passwd' },
      { 'data.train': ['train.jsonl', '/etc/*.conf'] },
      { 'data.validation': '../*.jsonl' },
      { 'data.template': '/etc/hostname' },
      { 'adapter.initial': '..' },
    ]) {
      for (const tool of ['plan_configuration', 'start_run']) {
        expect(await refusal(tool, { configuration: 'embedded.mora.json', set })).toMatch(
          /outside of what agents|"\.\."/,
        );
      }
    }
    expect(await runFolders()).toEqual([]);
    await client.close();
    client = await connect('--root', project.folder, '--root', path.dirname(tinyModel));
    expect((await call('describe_checkpoint', { path: tinyModel })).value).toMatchObject({ kind: 'model' });
    expect((await call('plan_configuration', { configuration: 'tiny.mora.json' })).failed).toBe(false);
  });

  it('starts and stops nothing when it may only read', async () => {
    await client.close();
    client = await connect('--read-only');
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).not.toContain('start_run');
    expect(await refusal('start_run', { configuration: 'embedded.mora.json' })).toContain('--read-only');
    expect(await runFolders()).toEqual([]);
  });
});
