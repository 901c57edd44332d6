// @ts-check
import assert from 'node:assert/strict';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, before } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { graveFindings } from './axe.mjs';
import { mora } from './cli.mjs';
import { chooseInMenu } from './contextMenu.mjs';
import { openEditor } from './editor.mjs';
import { answerFile } from './fileDialog.mjs';
import { picture } from './gallery.mjs';
import { journey } from './journey.mjs';
import { repository } from './output.mjs';
import { eventually, panelOf, untilMirrored } from './panelFrame.mjs';

/** Until the workbench has acted on a change of the focus. */
const FOCUS_MS = 700;

/** Modules of a block in the order that data passes them. */
const BLOCK = ['q', 'k', 'v', 'o', 'gate', 'up', 'down'];

/** Of the embedded model: six layers of them. */
const MODULES = 6 * BLOCK.length;

const STEPS = [4, 8, 12];

/** @type {string} */
let folder;
/** @type {import('./editor.mjs').Editor} */
let editor;

before(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'mora-studio-rank-'));
  await cp(path.join(repository, 'media/model/tiny-llama-3m'), path.join(folder, 'base'), { recursive: true });
  await train('mora', { method: 'mora', mode: 'rotation', rank: 8 });
  await train('other', { method: 'mora', mode: 'sharing', rank: 8 });
  await train('lora', { method: 'lora', rank: 8 });
  mora('merge', path.join(runFolder('mora'), 'checkpoints/step-0000012'), '--out', path.join(folder, 'tuned'));
  await mkdir(path.join(folder, 'empty'));
  editor = await openEditor({
    folder,
    extensionDir: repository,
    browser: { viewport: { width: 1500, height: 1000 } },
  });
});

after(async () => {
  await editor?.close();
  await rm(folder, { recursive: true, force: true });
});

/** @param {string} name */
const runFolder = (name) => path.join(folder, `.mora/runs/20260101-000000-${name}`);

/** @param {string} name @param {Record<string, unknown>} adapter */
async function train(name, adapter) {
  const file = path.join(folder, `${name}.mora.json`);
  const configuration = {
    model: './base',
    data: { train: path.join(repository, 'examples/data/pronounce.train.jsonl'), maxLength: 64 },
    adapter,
    training: { steps: STEPS.at(-1), batchSize: 4, learningRate: 1e-2, saveEvery: STEPS[0], evaluateEvery: 0 },
  };
  await writeFile(file, JSON.stringify(configuration));
  mora('train', file, '--run-dir', runFolder(name));
}

/**
 * Of a run, what its file says of each module at a step.
 *
 * @param {string} name
 * @param {number} step
 * @returns {Promise<{ layer: number, module: string, singularValues: number[] }[]>}
 */
async function spectra(name, step) {
  const text = await readFile(path.join(runFolder(name), 'spectra.jsonl'), 'utf8');
  const lines = text.trim().split('\n');
  return lines.map((line) => JSON.parse(line)).filter((spectrum) => spectrum.step === step);
}

/** Σσ² / σ₁². @param {readonly number[]} singularValues */
function stableRank(singularValues) {
  const largest = Math.max(...singularValues);
  return singularValues.reduce((sum, sigma) => sum + (sigma / largest) ** 2, 0);
}

/** exp(−Σ p ln p), p = σ/Σσ. @param {readonly number[]} singularValues */
function effectiveRank(singularValues) {
  const total = singularValues.reduce((sum, sigma) => sum + sigma, 0);
  const shares = singularValues.map((sigma) => sigma / total).filter((share) => share > 0);
  return Math.exp(-shares.reduce((sum, share) => sum + share * Math.log(share), 0));
}

const panel = () => panelOf(editor.workbench, 'mora-rank-view');

/** @param {string} name @param {(value: string) => boolean} holds */
const shows = (name, holds) => untilMirrored(editor.workbench, 'mora-rank-view', name, holds);

/** Waits for a map to show these figures. @param {string} side @param {ReadonlyMap<string, number>} expected by "2 up_proj" */
function mapShows(side, expected) {
  return eventually(`the ${side} map with its figures`, async () => {
    const cells = (await panel()).locator(`mora-heat-map[data-side="${side}"] [data-cell]`);
    const shown = await cells.evaluateAll((all) =>
      all.map((cell) => [/** @type {HTMLElement} */ (cell).dataset.cell ?? '', (cell.textContent ?? '').trim()]),
    );
    // A figure has three digits, or one behind its point.
    return (
      shown.length === expected.size &&
      shown.every(([place = '', text]) => Math.abs(Number(text) - (expected.get(place) ?? NaN)) <= 0.51)
    );
  });
}

/** @param {(singularValues: readonly number[]) => number} measure @param {Awaited<ReturnType<typeof spectra>>} modules */
const byPlace = (measure, modules) =>
  new Map(modules.map(({ layer, module, singularValues }) => [`${layer} ${module}`, measure(singularValues)]));

/** @param {string} name */
async function pick(name) {
  const { page } = editor.workbench;
  await page.locator('.quick-input-list .monaco-list-row', { hasText: name }).first().click();
}

journey('a run is a map of its modules by any measure, with the definition beside it', async () => {
  const { workbench } = editor;
  await workbench.openActivity('MoRA');
  const run = workbench.treeRows('Runs').filter({ hasText: 'mora' }).first();
  await chooseInMenu(workbench, run, 'Open Rank View');
  await shows('cells', (cells) => Number(cells) === MODULES);
  await mapShows('primary', byPlace(effectiveRank, await spectra('mora', 12)));
  const view = await panel();
  const heads = await view.locator('mora-heat-map [role=columnheader]').allTextContents();
  assert.deepEqual(heads.map((head) => head.trim()).slice(1), BLOCK);
  await view.locator('.definition', { hasText: 'by the entropy of its spectrum' }).waitFor();
  const term = view.locator('.cell-figures').getByRole('button', { name: 'Stable rank' });
  await term.hover();
  await term.getByRole('tooltip').waitFor();
  await view.locator('[data-measure-select]').selectOption('stableRank');
  await view.locator('.definition', { hasText: 'as strong as the strongest' }).waitFor();
  await mapShows('primary', byPlace(stableRank, await spectra('mora', 12)));
  await view.locator('[data-measure-select]').selectOption('countAbove');
  const [first] = await spectra('mora', 12);
  const threshold = (first?.singularValues[4] ?? 0) * 0.999;
  await view.locator('[data-setting=threshold]').fill(String(threshold));
  await view.locator('[data-setting=threshold]').press('Enter');
  const above = (/** @type {readonly number[]} */ values) => values.filter((sigma) => sigma > threshold).length;
  await mapShows('primary', byPlace(above, await spectra('mora', 12)));
  await view.locator('[data-measure-select]').selectOption('effectiveRank');
});

journey('the slider goes over the checkpoints, by hand and playing', async () => {
  const view = await panel();
  await view.getByRole('slider', { name: 'Checkpoint' }).fill('0');
  await shows('step', (step) => step === '4');
  await mapShows('primary', byPlace(effectiveRank, await spectra('mora', 4)));
  await view.getByRole('slider', { name: 'Checkpoint' }).press('ArrowRight');
  await shows('step', (step) => step === '8');
  await view.getByRole('button', { name: 'Play over the checkpoints' }).click();
  await shows('step', (step) => step === '12');
  await view.getByRole('button', { name: 'Play over the checkpoints' }).waitFor();
  await mapShows('primary', byPlace(effectiveRank, await spectra('mora', 12)));
});

journey('a cell opens its spectrum: linear, logarithmic, cumulative; arrow keys go from cell to cell', async () => {
  const { workbench } = editor;
  const view = await panel();
  await view.locator('[data-cell="2 up_proj"]').click();
  await view.getByRole('heading', { name: 'Layer 2 · up_proj' }).waitFor();
  const spectrum = (await spectra('mora', 12)).find(({ layer, module }) => layer === 2 && module === 'up_proj');
  await shows('singularValues', (count) => Number(count) === spectrum?.singularValues.length);
  await view.locator('[data-toggle=log]').click();
  await view.locator('[data-toggle=log][aria-pressed=true]').waitFor();
  await workbench.screenshot('rank logarithmic');
  await view.locator('[data-toggle=cumulative]').click();
  const chart = view.locator('mora-spectrum mora-curve-chart canvas[role=img]');
  const box = await chart.boundingBox();
  assert.ok(box);
  await workbench.page.mouse.move(box.x + box.width - 12, box.y + box.height / 2);
  await view.locator('mora-spectrum .readout', { hasText: /100\.0 %|99\.\d %/ }).waitFor();
  await view.locator('mora-spectrum').getByRole('radio', { name: 'Singular values' }).click();
  await view.locator('[data-toggle=log]').click();
  await view.locator('[data-cell="2 up_proj"]').press('ArrowDown');
  await view.getByRole('heading', { name: 'Layer 3 · up_proj' }).waitFor();
  await shows('selected', (place) => place === '3 up_proj');
});

journey('LoRA is laid over MoRA: two maps on one scale, two spectra with the bound of each', async () => {
  const { workbench } = editor;
  const view = await panel();
  await view.locator('[data-action=compare]').click();
  await pick('lora');
  await shows('other', (cells) => Number(cells) === MODULES);
  await mapShows('other', byPlace(effectiveRank, await spectra('lora', 12)));
  const figures = view.locator('mora-spectrum .cell-figures');
  await figures.getByRole('columnheader', { name: 'LoRA' }).waitFor();
  const bounds = figures.locator('tr', { hasText: 'Rank bound' }).locator('td');
  assert.equal((await bounds.nth(1).textContent())?.trim(), '8');
  await picture(workbench, {
    place: 'Rank view',
    name: 'rank compared',
    alt: 'MoRA beside LoRA: two heat maps on one scale, and the spectra of a module with the bound of each method.',
  });
});

journey('two runs of one method are headed by their names', async () => {
  const { workbench } = editor;
  const view = await panel();
  await view.locator('[data-action=compare]').click();
  await pick('other');
  const figures = view.locator('mora-spectrum .cell-figures');
  await figures.getByRole('columnheader', { name: 'other' }).waitFor();
  await figures.getByRole('columnheader', { name: 'mora', exact: true }).waitFor();
  assert.equal(await figures.getByRole('columnheader', { name: 'MoRA', exact: true }).count(), 0);
  await picture(workbench, {
    place: 'Rank view',
    name: 'rank two runs',
    alt: 'Two runs of MoRA in different modes: their maps, and the figures of a module headed by their names.',
  });
  await view.locator('[data-action=compare]').click();
  await pick('lora');
  await figures.getByRole('columnheader', { name: 'LoRA' }).waitFor();
});

journey('every figure is in a table and in a CSV file', async () => {
  const { workbench } = editor;
  const view = await panel();
  await view.locator('[data-toggle=table]').click();
  const rows = view.locator('[data-table] tbody tr');
  await eventually('a row for each module of both', async () => (await rows.count()) === 2 * MODULES);
  await picture(workbench, {
    place: 'Rank view',
    name: 'rank table',
    alt: 'Every figure of every module as a table above the maps.',
  });
  await view.locator('[data-toggle=table]').click();
  await view.getByRole('button', { name: 'CSV' }).click();
  const file = path.join(folder, 'spectra.csv');
  await answerFile(workbench, file);
  await workbench.notification('Saved').waitFor();
  const lines = (await readFile(file, 'utf8')).trim().split('\n');
  assert.equal(lines.length, 1 + 2 * STEPS.length * MODULES);
  const [head = '', ...data] = lines;
  const column = (/** @type {string} */ name) => head.split(',').indexOf(name);
  const written = data.map((line) => line.split(','));
  for (const { layer, module, singularValues } of await spectra('lora', 8)) {
    const row = written.find(
      (cells) =>
        cells[column('source')] === 'lora' &&
        cells[column('step')] === '8' &&
        cells[column('layer')] === String(layer) &&
        cells[column('module')] === module,
    );
    assert.ok(row, `${layer} ${module}`);
    assert.ok(Math.abs(Number(row[column('effectiveRank')]) - effectiveRank(singularValues)) < 1e-6);
    assert.deepEqual(row[column('singularValues')]?.split(' ').map(Number), singularValues);
  }
});

journey('nothing serious is wrong with two sources and a table for who does not see it', async () => {
  const view = await panel();
  await view.locator('[data-toggle=table]').click();
  assert.deepEqual(await graveFindings(view), []);
  await view.locator('[data-toggle=table]').click();
});

journey('what goes wrong is said, and goes away', async () => {
  const { workbench } = editor;
  const view = await panel();
  await view.locator('[data-action=compare]').click();
  await pick('Adapter folder…');
  await answerFile(workbench, path.join(folder, 'empty'));
  await view.getByRole('alert').waitFor();
  await view.locator('[data-action=compare]').click();
  await pick('lora');
  await view.getByRole('alert').waitFor({ state: 'detached' });
  await shows('other', (cells) => Number(cells) === MODULES);
});

journey('the difference of two model folders has the ranks of the adapter that was merged', async () => {
  const { workbench } = editor;
  await workbench.runCommand('MoRA: Open Rank View');
  await pick('Difference of two model folders…');
  await workbench.page.getByPlaceholder(/The base model/).waitFor();
  await workbench.quickInput.pick('base');
  await workbench.page.getByPlaceholder(/tuned from base/).waitFor();
  // A panel takes the focus back late, and what was answered is not lost.
  await (await panel()).locator('mora-rank-view').evaluate(() => window.focus());
  await sleep(FOCUS_MS);
  await workbench.quickInput.pick('tuned');
  await panelOf(workbench, 'mora-rank-view', 'tuned − base');
  await shows('cells', (cells) => Number(cells) === MODULES);
  await shows('work', (work) => work === '');
  const view = await panel();
  const heads = await view.locator('mora-heat-map [role=columnheader]').allTextContents();
  assert.deepEqual(heads.map((head) => head.trim()).slice(1), BLOCK);
  // The weights are in BF16, whose rounding adds a little to every singular value: it shows least in the strong ones.
  await view.locator('[data-measure-select]').selectOption('stableRank');
  await mapShows('primary', byPlace(stableRank, await spectra('mora', 12)));
  await view.locator('[data-measure-select]').selectOption('intruders');
  await view.locator('[data-action=find-intruders]').click();
  await eventually('intruder dimensions of every module', async () =>
    (await view.locator('[data-cell]').allTextContents()).every((text) => /^\d+$/.test(text.trim())),
  );
  await view.locator('[data-cell="2 up_proj"]').click();
  await picture(workbench, {
    place: 'Rank view',
    name: 'rank difference',
    alt: 'What training changed in a whole model: intruder dimensions of each module, and the spectrum of one.',
  });
});
