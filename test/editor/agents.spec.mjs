// @ts-check
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, before } from 'node:test';
import { fileURLToPath } from 'node:url';
import { writeCallerExtension } from './callerExtension.mjs';
import { openEditor } from './editor.mjs';
import { picture } from './gallery.mjs';
import { journey } from './journey.mjs';
import { eventually } from './panelFrame.mjs';

const EXTENSION = fileURLToPath(new URL('../..', import.meta.url));

const TOOLS = ['list_runs', 'read_run_metrics', 'describe_checkpoint', 'plan_configuration', 'start_run', 'stop_run'];

/** @type {string} */
let home;
/** @type {string} */
let folder;
/** @type {import('./editor.mjs').Editor} */
let editor;

before(async () => {
  home = await mkdtemp(path.join(os.tmpdir(), 'mora-studio-agents-'));
  folder = path.join(home, 'workspace');
  await mkdir(folder);
  await writeFile(path.join(folder, 'data.txt'), 'the cat sat on the mat and the dog sat on the log.\n'.repeat(64));
  const configuration = {
    model: path.join(EXTENSION, 'media/model/tiny-llama-3m'),
    data: { train: './data.txt', maxLength: 32 },
    adapter: { method: 'mora', mode: 'sharing', rank: 4 },
    training: { steps: 4000, batchSize: 2, saveEvery: 0, evaluateEvery: 0 },
  };
  await writeFile(path.join(folder, 'agent.mora.json'), JSON.stringify(configuration));
  const caller = path.join(home, 'caller');
  await writeCallerExtension(caller);
  editor = await openEditor({
    folder,
    extensionDir: [EXTENSION, caller],
    workspaceTrust: true,
    userSettings: { 'chat.disableAIFeatures': false },
  });
});

after(async () => {
  await editor?.close();
  await rm(home, { recursive: true, force: true });
});

/**
 * Invokes a tool as a chat would; `meanwhile` answers what the editor asks before.
 *
 * @param {string} tool
 * @param {object} input
 * @param {() => Promise<void>} [meanwhile]
 */
async function call(tool, input, meanwhile) {
  const answer = path.join(folder, 'answer.json');
  await rm(answer, { force: true });
  await writeFile(path.join(folder, 'call.json'), JSON.stringify({ tool, input }));
  await editor.workbench.runCommand('Caller: Call Tool');
  await meanwhile?.();
  await eventually(`an answer of ${tool}`, async () => existsSync(answer));
  return JSON.parse(await readFile(answer, 'utf8'));
}

function runFolders() {
  return readdir(path.join(folder, '.mora/runs')).catch(() => []);
}

journey('without trust a model can plan, and starts nothing', async () => {
  const plan = await call('mora_plan_configuration', { configuration: 'agent.mora.json' });
  assert.equal(plan.value?.modules.selected, 42, plan.error);
  assert.deepEqual(
    plan.tools.filter((/** @type {string} */ name) => name.startsWith('mora_')),
    TOOLS.map((name) => `mora_${name}`),
  );
  const started = await call('mora_start_run', { configuration: 'agent.mora.json' });
  assert.match(started.error, /the workspace is not trusted/);
  assert.deepEqual(await runFolders(), []);
  const outside = await call('mora_describe_checkpoint', { path: home });
  assert.match(outside.error, /outside of what agents may reach/);
});

journey('a run that a model wants to start begins when a person agrees, and not when they do not', async () => {
  const { workbench } = editor;
  await workbench.trustFolder();
  const start = { configuration: 'agent.mora.json', set: { 'adapter.rank': 2 } };
  const refused = await call('mora_start_run', start, async () => {
    const dialog = workbench.page.locator('.monaco-dialog-box');
    await dialog.getByText('Start a training run?').waitFor();
    await dialog.getByText(/tiny-llama-3m by MoRA of rank 2, for 4,000 steps.*adapter\.rank = 2/).waitFor();
    await picture(editor.workbench, {
      place: 'Agents',
      name: 'agents start',
      alt: 'The editor asks whether an agent may start a training run, and says what would be trained.',
    });
    await workbench.answerDialog('Cancel');
  });
  assert.ok(refused.error, 'it was refused');
  assert.deepEqual(await runFolders(), []);

  const started = await call('mora_start_run', start, () => workbench.answerDialog('Yes'));
  assert.equal(started.value?.run.rank, 2, started.error);
  const { id } = started.value.run;
  await workbench.openActivity('MoRA');
  await workbench.treeRows('Runs').getByText('agent').waitFor();
  await eventually('some steps', async () => {
    const { value } = await call('mora_read_run_metrics', { run: id, rows: 4 });
    return value.window.steps > 4;
  });
  const listed = await call('mora_list_runs', { state: 'active' });
  assert.equal(listed.value.total, 1);

  const stopped = await call('mora_stop_run', { run: id }, () => workbench.answerDialog('Yes'));
  assert.equal(stopped.value?.run.state, 'stopped', stopped.error);
  const described = await call('mora_describe_checkpoint', { path: stopped.value.run.directory });
  assert.equal(described.value?.modules.total, 42, described.error);
});

journey('the MCP server is among those that the editor can start', async () => {
  const { workbench } = editor;
  await workbench.runCommand('MCP: List Servers');
  const server = workbench.page.locator('.quick-input-list .monaco-list-row').filter({ hasText: 'MoRA Studio' });
  await server.waitFor();
  await server.click();
  const start = workbench.page.locator('.quick-input-list .monaco-list-row').filter({ hasText: 'Start Server' });
  await start.click();
  await eventually('the tools of the server', async () => {
    await workbench.runCommand('MCP: List Servers');
    const text = await server.textContent();
    const runs = /Running/i.test(text ?? '');
    if (!runs) await workbench.page.keyboard.press('Escape');
    return runs;
  });
  await picture(workbench, {
    place: 'Agents',
    name: 'agents mcp servers',
    alt: 'The MCP servers that the editor can start: the one of this extension runs.',
  });
  await workbench.page.keyboard.press('Escape');
});
