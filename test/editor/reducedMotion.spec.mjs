// @ts-check
// For who wants little to move, nothing of ours does: no animation, no transition, and charts jump to what they show next.
import assert from 'node:assert/strict';
import { appendFile, cp, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, before } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { generator, stepLine, writeStatus, writeSyntheticRun } from '../webview/syntheticRun.mjs';
import { mora } from './cli.mjs';
import { chooseInMenu } from './contextMenu.mjs';
import { openEditor } from './editor.mjs';
import { journey } from './journey.mjs';
import { motionSeen, watchMotion } from './motion.mjs';
import { repository } from './output.mjs';
import { panelOf, untilMirrored } from './panelFrame.mjs';

const STEPS = 16;
const TOTAL = 80;
/** Of a synthetic run: every twentieth of it. */
const CHECKPOINTS = [4, 8, 12, 16];

/** Between two steps of playing there is a second and a half; less than one says that nobody was asked. */
const CALM_MS = 1000;

/** Longer than any transition or glide of ours, and than one beat of what repeats. */
const LOOK_MS = 1200;

/** Without the setting of the editor, so that only the wish of the system counts. */
const SYSTEM_ONLY = { 'workbench.reduceMotion': 'off' };

/** @type {string} */
let folder;
/** @type {import('./editor.mjs').Editor} */
let editor;

before(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'mora-studio-still-'));
  await cp(path.join(repository, 'media/model/tiny-llama-3m'), path.join(folder, 'base'), { recursive: true });
  await writeFile(path.join(folder, 'data.txt'), 'the cat sat on the mat and the dog sat on the log.\n'.repeat(64));
  const configuration = {
    model: './base',
    data: { train: './data.txt', maxLength: 32 },
    adapter: { method: 'mora', mode: 'rotation', rank: 8 },
    training: { steps: 2, batchSize: 2 },
  };
  await writeFile(path.join(folder, 'cat.mora.json'), JSON.stringify(configuration));
  mora('train', path.join(folder, 'cat.mora.json'), '--run-dir', runFolder('cat'));
  await writeSyntheticRun({ root: runFolder('long'), name: 'long', steps: STEPS, total: TOTAL, layers: 6 });
  await writeZeros(path.join(folder, 'large.safetensors'));
  editor = await openEditor({
    folder,
    extensionDir: repository,
    userSettings: SYSTEM_ONLY,
    browser: { viewport: { width: 1500, height: 1000 } },
  });
  await wish('reduce');
  await editor.workbench.openActivity('MoRA');
});

after(async () => {
  await editor?.close();
  await rm(folder, { recursive: true, force: true });
});

/** @param {string} name */
const runFolder = (name) => path.join(folder, `.mora/runs/20260203-100000-${name}`);

/** A tensor of 4 GB, of which only the header takes place on the disk: to read it takes a while. @param {string} file */
async function writeZeros(file) {
  const bytes = 4e9;
  const json = Buffer.from(JSON.stringify({ weight: { dtype: 'F32', shape: [bytes / 4], data_offsets: [0, bytes] } }));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  await writeFile(file, Buffer.concat([length, json]));
  await truncate(file, 8 + json.length + bytes);
}

/** What the system says that its user wants. @param {'reduce' | 'no-preference'} reducedMotion */
const wish = (reducedMotion) => editor.workbench.page.emulateMedia({ reducedMotion });

/** @param {string} name */
const row = (name) => editor.workbench.treeRows('Runs').filter({ hasText: name }).first();

/**
 * @param {import('playwright-core').FrameLocator} view
 * @param {() => Promise<unknown>} steps
 * @returns what has moved while they went on, and how many pictures each canvas has shown
 */
async function during(view, steps) {
  await watchMotion(view);
  await steps();
  await sleep(LOOK_MS);
  return motionSeen(view);
}

/** @param {import('playwright-core').FrameLocator} view @param {() => Promise<unknown>} steps */
async function assertStill(view, steps) {
  const { moved, pictures } = await during(view, steps);
  assert.deepEqual(moved, []);
  return pictures;
}

/** A step more of the run that seems to train. */
async function trainOn() {
  step++;
  const random = generator(step);
  const line = stepLine(step, { total: TOTAL, learningRate: 3e-4, floor: 1.6, random, seconds: step, name: 'long' });
  await appendFile(path.join(runFolder('long'), 'metrics.jsonl'), `${JSON.stringify(line)}\n`);
  const facts = { name: 'long', state: 'running', error: null, step, total: TOTAL, layers: 6 };
  await writeStatus(runFolder('long'), { ...facts, loss: line.loss, validation: null, checkpoint: 16 });
  await untilMirrored(editor.workbench, 'mora-run-panel', 'lastStep', (shown) => Number(shown) === step);
}

let step = STEPS;

journey('the run panel: the state beats for others, and nothing moves for who wants that; curves jump', async () => {
  const { workbench } = editor;
  await row('long').click();
  const view = await panelOf(workbench, 'mora-run-panel', 'long');
  await untilMirrored(workbench, 'mora-run-panel', 'points', (points) => Number(points) === STEPS);
  await wish('no-preference');
  const { moved } = await during(view, trainOn);
  assert.ok(
    moved.some((each) => /pulse/.test(each)),
    `what moves is seen: ${moved.join(', ')}`,
  );
  await wish('reduce');
  await assertStill(view, trainOn);
  const log = view.getByRole('button', { name: 'Log', exact: true });
  assert.ok((await assertStill(view, () => log.click())) <= 2, 'the axis is changed at once');
  await assertStill(view, () => view.getByRole('radio', { name: 'Tokens' }).click());
});

journey('the setting of the editor alone does the same', async () => {
  const { workbench } = editor;
  await wish('no-preference');
  await workbench.drive({ settings: { 'workbench.reduceMotion': 'on' } });
  const view = await panelOf(workbench, 'mora-run-panel', 'long');
  await view.locator('body.vscode-reduce-motion').waitFor({ state: 'attached' });
  await assertStill(view, trainOn);
  await workbench.drive({ settings: SYSTEM_ONLY });
  await view.locator('body:not(.vscode-reduce-motion)').waitFor({ state: 'attached' });
  await wish('reduce');
});

journey('the rank view: playing goes step by step, slowly, and nothing glides', async () => {
  const { workbench } = editor;
  await chooseInMenu(workbench, row('long'), 'Open Rank View');
  await untilMirrored(workbench, 'mora-rank-view', 'cells', (cells) => Number(cells) === 42);
  const view = await panelOf(workbench, 'mora-rank-view');
  await view.locator('[data-cell="2 up_proj"]').click();
  await untilMirrored(workbench, 'mora-rank-view', 'singularValues', (count) => Number(count) > 8);
  await sleep(LOOK_MS);
  assert.ok(
    (await assertStill(view, () => view.locator('[data-toggle=log]').click())) <= 2,
    'the axis is changed at once',
  );
  await view.locator('mora-rank-view').evaluate((panel) => {
    /** @type {[string, number][]} */
    const shown = [];
    const note = () => {
      const { step: now = '' } = /** @type {HTMLElement} */ (panel).dataset;
      if (shown.at(-1)?.[0] !== now) shown.push([now, performance.now()]);
    };
    new MutationObserver(note).observe(panel, { attributes: true });
    Object.assign(window, { shown });
  });
  await assertStill(view, async () => {
    await view.getByRole('button', { name: 'Play over the checkpoints' }).click();
    await view.getByRole('button', { name: 'Pause' }).waitFor();
    await view.getByRole('button', { name: 'Play over the checkpoints' }).waitFor();
  });
  /** @type {[string, number][]} */
  const shown = await view.locator('body').evaluate(() => /** @type {any} */ (window).shown);
  const steps = shown.map(([each]) => Number(each));
  assert.deepEqual(steps.slice(-CHECKPOINTS.length), CHECKPOINTS);
  const times = shown.slice(-CHECKPOINTS.length).map(([, time]) => time);
  assert.ok(
    (times.at(-1) ?? 0) - (times[0] ?? 0) > 3 * CALM_MS,
    `the steps came at ${times.map(Math.round).join(', ')} ms`,
  );
});

journey('the form: cells, ranks, and the bar while a suggestion is measured', async () => {
  const { workbench } = editor;
  await workbench.openFile('cat.mora.json');
  const view = await panelOf(workbench, 'mora-form');
  const cell = view.getByRole('gridcell', { name: /layer 2 q_proj/i });
  await cell.waitFor();
  await assertStill(view, async () => {
    await cell.hover();
    await cell.click();
    await view.getByRole('slider').first().fill('5');
    await view.getByRole('button', { name: /^Suggest/ }).click();
    await view.locator('.proposal .use').waitFor({ timeout: 90_000 });
  });
});

journey('the inspector: the bar while a tensor is read, and the values that come into view', async () => {
  const { workbench } = editor;
  await workbench.openFile('large.safetensors');
  const view = await panelOf(workbench, 'mora-inspector', 'large.safetensors');
  await untilMirrored(workbench, 'mora-inspector', 'tensors', (count) => Number(count) === 1);
  await view.locator('[data-node="t:weight"]').click();
  await view.locator('[data-values]').waitFor();
  await assertStill(view, async () => {
    await view.getByRole('button', { name: 'Read all of it' }).click();
    await view.locator('[role=progressbar]').waitFor();
    await sleep(LOOK_MS);
    await view.locator('[data-action=cancel]').click();
  });
});

journey('the playground: an answer that is still coming', async () => {
  const { workbench } = editor;
  await chooseInMenu(workbench, row('cat'), 'Open Playground');
  const view = await panelOf(workbench, 'mora-playground');
  await view.getByRole('radio', { name: 'Text' }).click();
  await view.getByLabel('Max tokens', { exact: true }).fill('200');
  await assertStill(view, async () => {
    await view.locator('#prompt').fill('Once upon a time');
    await view.locator('#prompt').press('Control+Enter');
    await view.locator('.caret').first().waitFor();
    await sleep(LOOK_MS);
  });
  await view.locator('#prompt').press('Escape');
});
