// @ts-check
// Places that no other journey comes by, each in every theme: runs in all their states, figures as tables, what goes wrong.
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, before } from 'node:test';
import { writeSyntheticRun } from '../webview/syntheticRun.mjs';
import { openWithRuns } from './editor.mjs';
import { answerFile } from './fileDialog.mjs';
import { picture } from './gallery.mjs';
import { journey } from './journey.mjs';
import { panelOf, untilMirrored } from './panelFrame.mjs';
import { trainPronouncing } from './pronounceProject.mjs';

/** @type {string} */
let folder;
/** @type {import('./editor.mjs').Editor} */
let editor;

before(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'mora-studio-gallery-'));
  const trained = path.join(folder, 'trained');
  const adapters = path.join(folder, 'adapters');
  const configuration = await trainPronouncing(folder, { run: trained, adapters });
  await rm(trained, { recursive: true });
  const missing = { ...configuration, model: './elsewhere', data: { train: './nothing.jsonl' } };
  await writeFile(path.join(folder, 'missing.mora.json'), JSON.stringify(missing));
  const runs = [
    { name: 'paper', steps: 812, total: 2000 },
    { name: 'stone', steps: 2000, total: 2000, state: 'finished', method: /** @type {const} */ ('lora') },
    { name: 'river', steps: 120, total: 2000, state: 'paused' },
    { name: 'cloud', steps: 640, total: 2000, state: 'interrupted' },
    { name: 'flame', steps: 400, total: 2000, state: 'failed', error: FAILURE, brokenAt: 380 },
  ];
  for (const [index, run] of runs.entries())
    await writeSyntheticRun({ ...run, root: runFolder(run.name), seed: index + 1, layers: 6 });
  editor = await openWithRuns(folder);
});

after(async () => {
  await editor?.close();
  await rm(folder, { recursive: true, force: true });
});

const FAILURE = 'No space is left on the disk for the checkpoint of step 400; free some and resume the run.';

/** @param {string} name */
const runFolder = (name) => path.join(folder, `.mora/runs/20260203-100000-${name}`);

/** @param {string} name */
const row = (name) => editor.workbench.treeRows('Runs').filter({ hasText: name });

/** @param {string} name */
async function openRun(name) {
  await row(name).first().click();
  return panelOf(editor.workbench, 'mora-run-panel', name);
}

journey('runs of every state, one with its checkpoints, and the status bar', async () => {
  const { workbench } = editor;
  for (const text of ['Running', 'Failed or interrupted', 'paper', 'flame']) await row(text).first().waitFor();
  await workbench.statusBarItem(/MoRA [\d,]+\/2,000/).waitFor();
  await openRun('paper');
  await workbench.page.keyboard.press('ArrowRight');
  await picture(workbench, {
    place: 'Runs',
    name: 'runs',
    alt: 'Runs that train, have ended, have failed, and the panel of one; the status bar says how far it is.',
  });
});

journey('a run that failed says why and what to do', async () => {
  const { workbench } = editor;
  const view = await openRun('flame');
  await view.getByText(FAILURE).first().waitFor();
  await picture(workbench, {
    place: 'Run panel',
    name: 'run failed',
    alt: 'A run that failed: the reason, what to do, and its curves up to where the loss was no number any more.',
  });
});

journey('the figures of a run as tables', async () => {
  const { workbench } = editor;
  const view = await openRun('stone');
  await view.locator('[data-toggle="table"]').click();
  await view.locator('[data-tables] table').first().scrollIntoViewIfNeeded();
  await picture(workbench, {
    place: 'Run panel',
    name: 'run tables',
    alt: 'Figures, checkpoints and evaluations of a run as tables.',
  });
  await view.locator('[data-toggle="table"]').click();
});

journey('what a run wrote over the course of its training', async () => {
  const { workbench } = editor;
  const view = await openRun('stone');
  await view.locator('#samples section.prompt').first().scrollIntoViewIfNeeded();
  await picture(workbench, {
    place: 'Run panel',
    name: 'run samples',
    alt: 'What the base and the tuned model write to the same prompts, checkpoint by checkpoint.',
  });
});

journey('two adapters of one method side by side', async () => {
  const { workbench } = editor;
  await workbench.runCommand('MoRA: Open Rank View');
  await pick('Adapter folder…');
  await answerFile(workbench, path.join(folder, 'adapters/earlier'));
  const view = await panelOf(workbench, 'mora-rank-view', 'earlier');
  await untilMirrored(workbench, 'mora-rank-view', 'cells', (cells) => Number(cells) === 42);
  await view.locator('[data-cell="2 up_proj"]').click();
  await view.locator('[data-action=compare]').click();
  await pick('Adapter folder…');
  await answerFile(workbench, path.join(folder, 'adapters/later'));
  await untilMirrored(workbench, 'mora-rank-view', 'other', (cells) => Number(cells) === 42);
  const heads = view.locator('mora-spectrum .cell-figures').getByRole('columnheader');
  await heads.filter({ hasText: 'later' }).waitFor();
  assert.deepEqual((await heads.allTextContents()).map((head) => head.trim()).filter(Boolean), ['earlier', 'later']);
  await picture(workbench, {
    place: 'Rank view',
    name: 'rank adapters',
    alt: 'Two adapters of one run: their maps on one scale, and the figures of a module headed by their names.',
  });
});

/** @param {string} label */
async function pick(label) {
  await editor.workbench.page.locator('.quick-input-list .monaco-list-row', { hasText: label }).first().click();
}

journey('the examples as the model will see them', async () => {
  const { workbench } = editor;
  await workbench.openFile('pronounce.mora.json');
  const view = await panelOf(workbench, 'mora-form');
  const examples = view.locator('mora-examples');
  await examples.locator('.token').first().waitFor();
  await examples.scrollIntoViewIfNeeded();
  await picture(workbench, {
    place: 'Configuration',
    name: 'form examples',
    alt: 'The first examples token by token: which are learned, which are only read.',
  });
});

journey('a configuration of a model and data that are not there', async () => {
  const { workbench } = editor;
  await workbench.openFile('missing.mora.json');
  const view = await panelOf(workbench, 'mora-form');
  await view.locator('.notice').first().waitFor();
  await picture(workbench, {
    place: 'Configuration',
    name: 'form notices',
    alt: 'What the form says of a model and of data that it does not find.',
  });
});

journey('a search in a checkpoint, and its tensors by size', async () => {
  const { workbench } = editor;
  await workbench.openFile('base/model.safetensors');
  const view = await panelOf(workbench, 'mora-inspector', 'model.safetensors');
  await untilMirrored(workbench, 'mora-inspector', 'tensors', (count) => Number(count) === 56);
  await view.locator('[type=search]').fill('proj');
  await view.getByRole('button', { name: /^Size/ }).click();
  await picture(workbench, {
    place: 'Checkpoint inspector',
    name: 'inspector search',
    alt: 'The tensors of a model whose name has a word, the largest first.',
  });
});

journey('a window without a folder says how to begin', async () => {
  const { workbench } = editor;
  const { server } = workbench;
  await workbench.leave();
  Object.assign(server, { url: `http://localhost:${server.port}/?ew=true` });
  await workbench.comeBack();
  await workbench.openActivity('MoRA');
  await workbench.page.locator('.sidebar .welcome-view').getByText('folder').first().waitFor();
  await picture(workbench, {
    place: 'First minute',
    name: 'welcome without a folder',
    alt: 'The view of runs in a window without a folder: how to begin.',
  });
});
