// @ts-check
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, before } from 'node:test';
import { chooseInMenu } from './contextMenu.mjs';
import { openEditor } from './editor.mjs';
import { answerFile } from './fileDialog.mjs';
import { journey } from './journey.mjs';
import { cutOff, englishTexts } from './languageOf.mjs';
import { repository } from './output.mjs';
import { eventually, panelOf } from './panelFrame.mjs';
import { trainPronouncing } from './pronounceProject.mjs';

const WIDE = { width: 1280, height: 1000 };

/** A panel of about 420 pixels, as beside another editor: the window without its side bar. */
const NARROW = { width: 490, height: 1000 };

/** @type {string} */
let folder;
/** @type {import('./editor.mjs').Editor} */
let editor;

before(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'mora-studio-german-'));
  await trainPronouncing(folder, {
    run: path.join(folder, '.mora/runs/20260101-000000-pronounce'),
    adapters: folder,
    training: { evaluateEvery: 2, samples: { prompts: 2 } },
  });
  editor = await openEditor({
    folder,
    extensionDir: repository,
    browser: { viewport: WIDE, language: 'de' },
  });
});

after(async () => {
  await editor?.close();
  await rm(folder, { recursive: true, force: true });
});

/**
 * Nothing English, and nothing cut off: in a wide window, and where the panel is as narrow as beside another editor.
 *
 * @param {Parameters<typeof panelOf>[1]} element
 * @param {string} name of the pictures
 */
async function assertGerman(element, name) {
  const { workbench } = editor;
  /** @type {string[]} */
  const findings = [];
  const view = await panelOf(workbench, element);
  findings.push(...(await englishTexts(view)).map((text) => `English: ${text}`));
  for (const [width, viewport] of Object.entries({ wide: WIDE, narrow: NARROW })) {
    const sideBar = workbench.page.locator('.part.sidebar');
    if (width === 'narrow' && (await sideBar.isVisible())) {
      await workbench.runCommand('View: Toggle Primary Side Bar Visibility');
    }
    await workbench.page.setViewportSize(viewport);
    await eventually('the panel in its new size', async () => {
      const panel = await view.locator('body').evaluate(() => window.innerWidth);
      return width === 'narrow' ? panel < 460 && panel : panel > 460 && panel;
    });
    findings.push(...(await cutOff(view)).map((finding) => `${width}, ${finding}`));
    await workbench.screenshot(`german ${name} ${width}`);
  }
  await workbench.page.setViewportSize(WIDE);
  assert.deepEqual(findings, []);
}

const run = () => editor.workbench.treeRows('Läufe').filter({ hasText: 'pronounce' }).first();

journey('commands, the view of runs and its rows', async () => {
  const { workbench } = editor;
  await workbench.openActivity('MoRA');
  await run().waitFor();
  await workbench.treeRows('Läufe').filter({ hasText: 'Abgeschlossen' }).first().waitFor();
  await workbench.screenshot('german runs');
  await workbench.runCommand('MoRA: Läufe aktualisieren');
});

journey('the form', async () => {
  const { workbench } = editor;
  await workbench.openFile('pronounce.mora.json');
  const form = await panelOf(workbench, 'mora-form');
  await form.getByRole('gridcell', { name: /Schicht 2 q_proj/i }).waitFor();
  await assertGerman('mora-form', 'form');
});

journey('the run panel', async () => {
  const { workbench } = editor;
  await workbench.openActivity('MoRA');
  await run().click();
  const panel = await panelOf(workbench, 'mora-run-panel');
  await panel.getByText('Validierungsverlust').first().waitFor();
  await assertGerman('mora-run-panel', 'run');
});

journey('the rank view', async () => {
  const { workbench } = editor;
  await workbench.openActivity('MoRA');
  await chooseInMenu(workbench, run(), 'Rangansicht öffnen');
  const view = await panelOf(workbench, 'mora-rank-view');
  await view.locator('[data-cell="2 up_proj"]').click();
  await view.getByText('Effektiver Rang').first().waitFor();
  await assertGerman('mora-rank-view', 'rank');
});

journey('the playground', async () => {
  const { workbench } = editor;
  await workbench.openActivity('MoRA');
  await chooseInMenu(workbench, run(), 'Playground öffnen');
  const view = await panelOf(workbench, 'mora-playground');
  await view.getByLabel('Max. Tokens', { exact: true }).fill('8');
  await view.locator('#prompt').fill("How is 'roell' pronounced?");
  await view.locator('#prompt').press('Control+Enter');
  await view.locator('mora-playground[data-states="done done"]').waitFor();
  await assertGerman('mora-playground', 'playground');
});

journey('the inspector', async () => {
  const { workbench } = editor;
  await workbench.openFile('earlier/adapter_model.safetensors');
  const view = await panelOf(workbench, 'mora-inspector');
  await view.locator('[type=search]').fill('layers.1.mlp.down_proj');
  await view.locator('[data-node^="t:"]').first().click();
  await view.locator('[data-values]').waitFor();
  await assertGerman('mora-inspector', 'inspector');
});

journey('the comparison of two checkpoints', async () => {
  const { workbench } = editor;
  await workbench.runCommand('MoRA: Checkpoints vergleichen…');
  await answerFile(workbench, path.join(folder, 'later/adapter_model.safetensors'));
  const view = await panelOf(workbench, 'mora-compare');
  await view.getByText('unterscheiden sich').first().waitFor();
  await assertGerman('mora-compare', 'compare');
});
