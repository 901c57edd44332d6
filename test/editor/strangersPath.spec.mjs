// @ts-check
// What it takes to come from an installed extension to an exported adapter: clicks and seconds of each leg, printed.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, before } from 'node:test';
import { openEditor } from './editor.mjs';
import { answerFile } from './fileDialog.mjs';
import { picture } from './gallery.mjs';
import { journey } from './journey.mjs';
import { repository } from './output.mjs';
import { panelOf, untilMirrored } from './panelFrame.mjs';
import { chooseInMenu } from './contextMenu.mjs';

/** @type {string} */
let home;
/** @type {string} */
let folder;
/** @type {import('./editor.mjs').Editor} */
let editor;
let clicks = 0;

/** @type {Array<{ name: string, clicks: number, seconds: number }>} */
const legs = [];

before(async () => {
  home = await mkdtemp(path.join(os.tmpdir(), 'mora-studio-stranger-'));
  folder = await mkdtemp(path.join(home, 'my-project-'));
  const vsix = path.join(home, 'mora-studio.vsix');
  const { status, stderr } = spawnSync(process.execPath, ['vsix.mjs', '--out', vsix], {
    cwd: repository,
    encoding: 'utf8',
  });
  assert.equal(status, 0, stderr);
  await leg('the VSIX is installed and a folder opened', async () => {
    editor = await openEditor({ folder, vsix, browser: { viewport: { width: 1440, height: 960 } } });
  });
});

after(async () => {
  await editor?.close();
  await rm(home, { recursive: true, force: true });
  for (const { name, clicks, seconds } of legs)
    console.log(`${name.padEnd(48)} ${clicks} clicks ${seconds.toFixed(1).padStart(6)} s`);
});

/**
 * @param {string} name what there is at its end
 * @param {() => Promise<void>} steps
 */
async function leg(name, steps) {
  const began = performance.now();
  clicks = 0;
  await steps();
  legs.push({ name, clicks, seconds: (performance.now() - began) / 1000 });
}

/** @param {import('playwright-core').Locator} target */
async function click(target) {
  clicks++;
  await target.click();
}

/** @param {string} label of the menu of the run */
async function chooseOfRun(label) {
  clicks += 2;
  const run = editor.workbench.treeRows('Runs').filter({ hasText: 'pronounce-mora' }).first();
  await chooseInMenu(editor.workbench, run, label);
}

journey(
  'from the walkthrough a stranger trains, sees the rank, talks to the model and exports it',
  async () => {
    const { workbench } = editor;
    const { page } = workbench;
    const start = page.locator('.sidebar a', { hasText: 'Get started' });
    const train = page.locator('.gettingStartedContainer').getByRole('button', { name: 'Train Example' });

    // The window has just opened: whoever clicks fast comes before VS Code has read the walkthroughs of extensions.
    await leg('the walkthrough', async () => {
      await click(page.locator('.activitybar .action-item').filter({ has: page.locator('a[aria-label^="MoRA"]') }));
      await click(start);
      await train.waitFor();
    });
    await picture(workbench, {
      place: 'First minute',
      name: 'walkthrough',
      alt: 'The walkthrough beside the runs view of a folder without runs: train the example, choose what is trained, watch the curves, see the rank.',
    });

    await leg('a curve that moves', async () => {
      await click(train);
      await untilMirrored(editor.workbench, 'mora-run-panel', 'lastStep', (step) => Number(step) >= 5);
    });
    await leg('the end of the training, 200 steps', async () => {
      await workbench.treeRows('Runs').getByText('Finished').waitFor({ timeout: 240_000 });
    });
    await leg('the rank view', async () => {
      await click((await panelOf(workbench, 'mora-run-panel')).locator('[data-open="rank"]'));
      await untilMirrored(editor.workbench, 'mora-rank-view', 'cells', (cells) => Number(cells) === 42);
    });
    await workbench.screenshot('stranger rank');
    await leg('an answer in the playground', async () => {
      await chooseOfRun('Open Playground');
      const playground = await panelOf(workbench, 'mora-playground');
      await playground.locator('#prompt').fill('Pronounce: matrix\n');
      await playground.locator('#prompt').press('Control+Enter');
      await playground.locator('mora-playground[data-states="done done"]').waitFor();
    });
    await workbench.screenshot('stranger playground');

    const out = path.join(folder, 'my-lora');
    await leg('an exported LoRA', async () => {
      await chooseOfRun('Export Adapter to PEFT LoRA');
      await answerFile(workbench, out);
      await workbench.notification(/Wrote .*my-lora/).waitFor({ timeout: 120_000 });
    });
    await workbench.screenshot('stranger export');
    const { peft_type: type } = JSON.parse(await readFile(path.join(out, 'adapter_config.json'), 'utf8'));
    assert.equal(type, 'LORA');
    assert.ok(existsSync(path.join(out, 'adapter_model.safetensors')));
    const total = legs.reduce((sum, { clicks }) => sum + clicks, 0);
    assert.ok(total <= 8, `${total} clicks from the installed extension to the exported adapter`);
  },
  { timeout: 900_000 },
);

journey('what VS Code says of the activation of the installed extension', async () => {
  const { workbench } = editor;
  const activation = async () => {
    await workbench.runCommand('Developer: Show Running Extensions');
    const row = workbench.page.locator('.runtime-extensions-editor .monaco-list-row', { hasText: 'MoRA Studio' });
    const text = await row.locator('.activation-time').textContent();
    return /(\d+)ms/.exec(text ?? '')?.[1];
  };
  const times = [];
  for (let window = 0; window < 5; window++) {
    await workbench.reload();
    times.push(Number(await activation()));
  }
  console.log(`activation in a window that opens with the runs view, by VS Code: ${times.join(', ')} ms`);
  assert.ok(times.every((time) => time >= 0));
});
