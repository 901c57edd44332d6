// @ts-check
// Takes the pictures of the README anew, into media/screenshots: npm run pictures
// Trains the examples for real and shows what came of it, each in light and dark.
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { withPalette } from '../../packaging/palettePng.mjs';
import { mora } from './cli.mjs';
import { chooseInMenu } from './contextMenu.mjs';
import { openEditor } from './editor.mjs';
import { installedEditor } from './editorInstall.mjs';
import { repository } from './output.mjs';
import { eventually, panelOf } from './panelFrame.mjs';

const PICTURES = path.join(repository, 'media', 'screenshots');

/** Charts are drawn, and what moves has come to rest. */
const SETTLED_MS = 1500;

await installedEditor();
const home = await mkdtemp(path.join(os.tmpdir(), 'mora-pictures-'));
const folder = path.join(home, 'pronunciation');
await mkdir(folder);
const editor = await openEditor({
  folder,
  extensionDir: repository,
  browser: { viewport: { width: 1440, height: 960 } },
});
const { workbench } = editor;
try {
  await form();
  for (const name of ['pronounce-lora', 'pronounce-mora']) {
    mora('train', path.join(folder, 'mora-example', `${name}.mora.json`));
  }
  await workbench.openActivity('MoRA');
  await workbench.runCommand('MoRA: Refresh Runs');
  await run();
  await rank();
  await playground();
  await inspector();
} finally {
  await editor.close();
  await rm(home, { recursive: true, force: true });
}

async function form() {
  await workbench.runCommand('MoRA: Open Example');
  const view = await panelOf(workbench, 'mora-form');
  await view.getByRole('gridcell').first().waitFor();
  await inBothThemes('form');
}

async function run() {
  await runRow('pronounce-mora').click();
  const view = await panelOf(workbench, 'mora-run-panel');
  await view.locator('[data-action="compare"]').click();
  await pick('pronounce-lora');
  await workbench.page.keyboard.press('Enter');
  await view.locator('mora-run-panel[data-runs="2"]').waitFor({ state: 'attached' });
  await inBothThemes('run');
}

async function rank() {
  await chooseInMenu(workbench, runRow('pronounce-mora'), 'Open Rank View');
  const view = await panelOf(workbench, 'mora-rank-view');
  await view.locator('[data-cell="2 up_proj"]').click();
  await view.locator('[data-action="compare"]').click();
  await pick('pronounce-lora');
  await view.locator('mora-rank-view[data-other]').waitFor({ state: 'attached' });
  await inBothThemes('rank');
}

async function playground() {
  await chooseInMenu(workbench, runRow('pronounce-mora'), 'Open Playground');
  const view = await panelOf(workbench, 'mora-playground');
  await view.getByRole('radio', { name: 'Text' }).click();
  await view.getByLabel('Max tokens', { exact: true }).fill('24');
  for (const [index, word] of ['matrix', 'salmon', 'banana'].entries()) {
    await view.locator('#prompt').fill(`Pronounce: ${word}\n`);
    await view.locator('#prompt').press('Control+Enter');
    await view.locator(`mora-playground[data-exchanges="${index + 1}"]`).waitFor({ state: 'attached' });
    await view.locator('mora-playground[data-states="done done"]').waitFor({ state: 'attached' });
  }
  await inBothThemes('playground');
}

async function inspector() {
  const runs = path.join('mora-example', '.mora', 'runs');
  const name = (await readdir(path.join(folder, runs))).find((each) => each.endsWith('pronounce-mora')) ?? '';
  const checkpoints = path.join(runs, name, 'checkpoints');
  const newest = (await readdir(path.join(folder, checkpoints))).sort().at(-1) ?? '';
  await workbench.openFile(path.join(checkpoints, newest, 'adapter_model.safetensors'));
  const view = await panelOf(workbench, 'mora-inspector');
  const tensor = 'layers.1.mlp.down_proj.lora_B';
  await view.locator('[type=search]').fill(tensor);
  await view.locator(`[data-node^="t:"][data-node*="${tensor}"]`).click();
  await view.locator('[type=search]').fill('');
  await view.locator('[data-values]').waitFor();
  await inBothThemes('inspector');
}

/** @param {string} name */
function runRow(name) {
  return workbench.treeRows('Runs').filter({ hasText: name }).first();
}

/** @param {string} name */
async function pick(name) {
  await workbench.page.locator('.quick-input-list .monaco-list-row', { hasText: name }).first().click();
}

/** @param {string} name of the files, which the theme follows */
async function inBothThemes(name) {
  for (const theme of /** @type {const} */ (['light', 'dark'])) {
    await workbench.setTheme(theme);
    await workbench.runCommand('Notifications: Clear All Notifications');
    await eventually('an empty corner', async () => (await workbench.notifications()).length === 0);
    await workbench.page.mouse.move(0, 0);
    await sleep(SETTLED_MS);
    const taken = await readFile(await workbench.screenshot(`readme ${name} ${theme}`));
    await writeFile(path.join(PICTURES, `${name}-${theme}.png`), withPalette(taken));
  }
}
