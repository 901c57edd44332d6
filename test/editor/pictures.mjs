// @ts-check
// Takes the pictures of the README: node test/editor/pictures.mjs
// Trains the examples for real, opens form, run panel and rank view, and writes media/screenshots/.
import { spawnSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { openEditor } from './editor.mjs';
import { panelOf } from './panelFrame.mjs';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const PICTURES = path.join(ROOT, 'media', 'screenshots');

const folder = await mkdtemp(path.join(os.tmpdir(), 'mora-pictures-'));
const editor = await openEditor({ folder, extensionDir: ROOT, browser: { viewport: { width: 1440, height: 960 } } });
const { workbench } = editor;
try {
  await mkdir(PICTURES, { recursive: true });
  await workbench.runCommand('MoRA: Open Example');
  await (await workbench.webview(0)).locator('[role="gridcell"]').first().waitFor();
  await inBothThemes('form');

  for (const name of ['pronounce-lora', 'pronounce-mora']) {
    const configuration = path.join(folder, 'mora-example', `${name}.mora.json`);
    const { status } = spawnSync(process.execPath, [path.join(ROOT, 'dist/cli.js'), 'train', configuration], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    if (status !== 0) throw new Error(`${name} ended with ${status}`);
  }
  await workbench.runCommand('MoRA: Refresh Runs');
  await workbench.runCommand('MoRA: Open Run');
  await pickRun('pronounce-mora');
  const run = await panelOf(workbench, 'mora-run-panel');
  await run.locator('[data-action="compare"]').click();
  await pickRun('pronounce-lora');
  await workbench.page.keyboard.press('Enter');
  await sleep(2000);
  await inBothThemes('run');

  await run.locator('[data-open="rank"]').click();
  await sleep(2000);
  const rank = await panelOf(workbench, 'mora-rank-view');
  await rank.locator('[data-cell="2 up_proj"]').click();
  await rank.locator('[data-action="compare"]').click();
  await pickRun('pronounce-lora');
  await sleep(2000);
  await inBothThemes('rank');
} finally {
  await editor.close();
  await rm(folder, { recursive: true, force: true });
}

/** @param {string} name */
async function pickRun(name) {
  const row = workbench.page.locator('.quick-input-list .monaco-list-row', { hasText: name }).first();
  await row.click();
}

/** @param {string} name */
async function inBothThemes(name) {
  for (const theme of /** @type {const} */ (['light', 'dark'])) {
    await workbench.setTheme(theme);
    await workbench.runCommand('Notifications: Clear All Notifications');
    await workbench.page.mouse.move(0, 0);
    await sleep(500);
    await cp(await workbench.screenshot(`${name} ${theme}`), path.join(PICTURES, `${name}-${theme}.png`));
  }
}
