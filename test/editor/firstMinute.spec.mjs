// @ts-check
import assert from 'node:assert/strict';
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, before } from 'node:test';
import { fileURLToPath } from 'node:url';
import { openEditor } from './editor.mjs';
import { picture } from './gallery.mjs';
import { journey } from './journey.mjs';
import { eventually, mirrored, panelOf } from './panelFrame.mjs';

const EXTENSION = fileURLToPath(new URL('../..', import.meta.url));
const EXAMPLE = path.join('mora-example', 'pronounce-mora.mora.json');

/** @type {string} */
let folder;
/** @type {import('./editor.mjs').Editor} */
let editor;

before(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'mora-studio-journey-'));
  editor = await openEditor({ folder, extensionDir: EXTENSION, browser: { viewport: { width: 1500, height: 1000 } } });
});

after(async () => {
  await editor?.close();
  await rm(folder, { recursive: true, force: true });
});

/** @returns {Promise<string>} */
const document = () => readFile(path.join(folder, EXAMPLE), 'utf8');

/** @param {Parameters<typeof panelOf>[1]} element */
const panel = (element) => panelOf(editor.workbench, element);

const runPanel = () => panel('mora-run-panel');

journey('the example opens as a form, and what the grid changes is text in the document', async () => {
  const { workbench } = editor;
  await workbench.runCommand('MoRA: Open Example');
  const form = await panel('mora-form');
  const cell = form.getByRole('gridcell', { name: /layer 2 q_proj/i });
  await cell.waitFor();
  await picture(editor.workbench, {
    place: 'Configuration',
    name: 'form',
    alt: 'The configuration as a form: method and rank beside LoRA, the grid of layers and modules, and the plan.',
  });
  assert.doesNotMatch(await document(), /targets/);
  await cell.click();
  await workbench.page.keyboard.press('Control+S');
  await eventually('the edited target in the file', async () => /"targets"/.test(await document()));
  const { adapter } = JSON.parse((await document()).replace(/^\s*\/\/.*$/gm, ''));
  assert.ok(!adapter.targets['2'].includes('q_proj'));
  assert.ok(adapter.targets['2'].includes('k_proj'));
  assert.ok(adapter.targets['1'].includes('q_proj'));
});

journey('Train moves the curve', async () => {
  const form = await panel('mora-form');
  await form.getByRole('button', { name: /train/i }).first().click();
  const run = await runPanel();
  const early = await eventually(
    'a first step',
    async () => Number(await mirrored(run, 'mora-run-panel', 'lastStep')),
    90_000,
  );
  await eventually('a later step', async () => Number(await mirrored(run, 'mora-run-panel', 'lastStep')) > early + 5);
  await picture(editor.workbench, {
    place: 'Run panel',
    name: 'run',
    alt: 'A run as it trains: its curves, learning rate, gradient norm, speed and memory, with the runs view and the status bar.',
  });
});

journey('after a reload the curve is whole and still rising', async () => {
  const { workbench } = editor;
  const before = Number(await mirrored(await runPanel(), 'mora-run-panel', 'lastStep'));
  await workbench.reload();
  const run = await runPanel();
  const after = await eventually('the curve after the reload', async () => {
    const step = Number(await mirrored(run, 'mora-run-panel', 'lastStep'));
    return step > before ? step : undefined;
  });
  const points = Number(await mirrored(run, 'mora-run-panel', 'points'));
  assert.ok(points >= after - 5, `${points} points for ${after} steps`);
  await eventually('a rising curve', async () => Number(await mirrored(run, 'mora-run-panel', 'lastStep')) > after);
});

journey('Stop saves, and the rank view opens from the checkpoint', async () => {
  const run = await runPanel();
  await run.locator('[data-control="stop"]').click();
  await eventually('the run to end', async () =>
    ['stopped', 'finished'].includes(await mirrored(run, 'mora-run-panel', 'state')),
  );
  const runs = path.join(folder, 'mora-example', '.mora', 'runs');
  const [id = ''] = await readdir(runs);
  const checkpoints = await readdir(path.join(runs, id, 'checkpoints'));
  assert.ok(checkpoints.some((name) => /^step-\d{7}$/.test(name)));

  await run.locator('[data-open="rank"]').click();
  const rank = await panel('mora-rank-view');
  await eventually('the heat map', async () => Number(await mirrored(rank, 'mora-rank-view', 'cells')) === 41);
  await rank.locator('[data-cell="3 up_proj"]').click();
  await eventually('a spectrum', async () => Number(await mirrored(rank, 'mora-rank-view', 'singularValues')) > 8);
  await picture(editor.workbench, {
    place: 'Rank view',
    name: 'rank',
    alt: 'The effective rank of each module as a heat map, and the singular spectrum of one beside the bound that LoRA cannot pass.',
  });
});
