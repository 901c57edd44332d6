// @ts-check
// The window is closed for a few seconds. MORA_STUDIO_CLOSED_SECONDS=60 closes it for a minute.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, before } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { openEditor } from './editor.mjs';
import { picture } from './gallery.mjs';
import { journey } from './journey.mjs';
import { eventually, mirrored, panelOf } from './panelFrame.mjs';
import { endProcessTree } from './processTree.mjs';
import { savedState } from './windowState.mjs';

const EXTENSION = fileURLToPath(new URL('../..', import.meta.url));

const CLOSED_SECONDS = Number(process.env.MORA_STUDIO_CLOSED_SECONDS ?? 5);

/** No machine is so fast that a run ends before it is stopped. */
const STEPS = 1_000_000;

/** What the terminal starts has it in its environment: a run of a test that failed is found by it and ended. */
const MARK = { name: 'MORA_STUDIO_TERMINAL', value: randomUUID() };

/** @type {string} */
let folder;
/** @type {import('./editor.mjs').Editor} */
let editor;
/** @type {import('node:child_process').ChildProcess} */
let terminal;

before(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'mora-studio-closed-'));
  await writeFile(path.join(folder, 'data.txt'), 'the cat sat on the mat and the dog sat on the log.\n'.repeat(64));
  for (const name of ['window', 'terminal']) {
    const configuration = {
      model: path.join(EXTENSION, 'media/model/tiny-llama-3m'),
      data: { train: './data.txt', maxLength: 32 },
      adapter: { method: 'mora', mode: 'sharing', rank: 4 },
      training: { steps: STEPS, batchSize: 2, saveEvery: 0, evaluateEvery: 0 },
      compute: { threads: 1 },
    };
    await writeFile(path.join(folder, `${name}.mora.json`), JSON.stringify(configuration));
  }
  editor = await openEditor({ folder, extensionDir: EXTENSION, browser: { viewport: { width: 1500, height: 1000 } } });
});

after(async () => {
  await editor?.close();
  if (terminal?.pid !== undefined) await endProcessTree(terminal.pid, `${MARK.name}=${MARK.value}`);
  await rm(folder, { recursive: true, force: true });
});

const run = () => panelOf(editor.workbench, 'mora-run-panel');

/** @param {string} name of what the panel mirrors */
const says = async (name) => mirrored(await run(), 'mora-run-panel', name);

const lastStep = async () => Number(await says('lastStep'));

/** @param {string} name of the configuration */
async function rootOf(name) {
  const runs = path.join(folder, '.mora/runs');
  const id = (await readdir(runs).catch(() => [])).find((each) => each.endsWith(`-${name}`));
  return id === undefined ? undefined : path.join(runs, id);
}

/** @param {string} name @returns {Promise<number[]>} the steps in the file that the panel reads */
async function writtenSteps(name) {
  const text = await readFile(path.join((await rootOf(name)) ?? '', 'metrics.jsonl'), 'utf8');
  const lines = text.split('\n').slice(0, -1);
  return lines.map((line) => JSON.parse(line)).flatMap((line) => (line.kind === 'step' ? [line.step] : []));
}

/** Stops the run of the open panel and holds the panel against the file. @param {string} name */
async function assertWhole(name) {
  await (await run()).locator('[data-control="stop"]').click();
  await eventually(`the end of ${name}`, async () => (await says('state')) === 'stopped');
  const steps = await writtenSteps(name);
  assert.deepEqual(
    steps,
    steps.map((_, index) => index + 1),
    'every step is written once',
  );
  await eventually('every point in the panel', async () => Number(await says('points')) === steps.length);
  assert.equal(await lastStep(), steps.length);
}

/** @param {string} name */
const row = (name) => editor.workbench.treeRows('Runs').filter({ hasText: name }).first();

journey(
  `runs of the editor and of a terminal go on while the window is closed for ${CLOSED_SECONDS} s, and are whole after it`,
  async () => {
    const { workbench } = editor;
    terminal = spawn(process.execPath, [path.join(EXTENSION, 'dist/cli.js'), 'train', 'terminal.mora.json'], {
      cwd: folder,
      env: { ...process.env, [MARK.name]: MARK.value },
      stdio: 'ignore',
    });
    await workbench.openActivity('MoRA');
    await workbench.openFile('window.mora.json');
    const form = await panelOf(workbench, 'mora-form');
    await form.getByRole('button', { name: /train/i }).first().click();
    await eventually('some steps', async () => (await lastStep()) > 5);
    await row('terminal').waitFor();
    await row('window').waitFor();
    const before = { window: await writtenSteps('window'), terminal: await writtenSteps('terminal') };
    const root = (await rootOf('window')) ?? '';
    await eventually('the panel in the state of the window', async () =>
      (await savedState(workbench.page)).some(
        (value) => value.includes('mora.run') && value.includes(path.basename(root)),
      ),
    );

    await workbench.leave();
    await sleep(CLOSED_SECONDS * 1000);
    const closed = { window: await writtenSteps('window'), terminal: await writtenSteps('terminal') };
    await workbench.comeBack();

    assert.ok(closed.window.length > before.window.length && closed.terminal.length > before.terminal.length);
    await eventually('the curve as far as the run', async () => (await lastStep()) > closed.window.length);
    assert.equal(await says('state'), 'running');
    await workbench.statusBarItem(/\(\+1\)/).waitFor();
    await workbench.openActivity('MoRA');
    await row('window').waitFor();
    await picture(editor.workbench, {
      place: 'Runs',
      name: 'runs under way',
      alt: 'Two runs under way after the window was closed and opened again: the tree, the whole curve, and the status bar.',
    });
    const during = await lastStep();
    await eventually('a curve that goes on', async () => (await lastStep()) > during);
    // Rows of runs that go on are refreshed every second, and a click opens what it falls on all the same.
    for (let click = 1; click <= 12; click++) {
      const name = click % 2 === 0 ? 'window' : 'terminal';
      await row(name).click();
      await workbench.tab(name).and(workbench.page.locator('.active')).waitFor();
    }
    await assertWhole('window');

    // Till then the rows below are still to move up, and a click falls on what has come to where one of them was.
    await row('window').filter({ hasText: 'stopped' }).waitFor();
    await row('terminal').click();
    await panelOf(workbench, 'mora-run-panel', 'terminal');
    assert.equal(await says('state'), 'running');
    await eventually('its curve as far as the run', async () => (await lastStep()) > closed.terminal.length);
    await assertWhole('terminal');
    console.log(
      `${CLOSED_SECONDS} s closed: ${before.window.length} steps before, ${closed.window.length} when opened again; ` +
        `in the terminal ${before.terminal.length} and ${closed.terminal.length}`,
    );
  },
  { timeout: 420_000 + CLOSED_SECONDS * 1000 },
);
