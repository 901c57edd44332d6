// @ts-check
// Pictures of the panels in every theme, into test/output/webview:  node test/webview/preview.mjs [NAME …]
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { openPanel, preparePanels } from './panelPage.mjs';
import { writeSyntheticRun } from './syntheticRun.mjs';

const output = path.resolve(import.meta.dirname, '../output/webview');
const wanted = process.argv.slice(2);
const THEMES = /** @type {const} */ (['dark', 'light', 'high-contrast']);

/** @typedef {{ theme: 'dark' | 'light' | 'high-contrast', run?: string, width?: number, height?: number, state?: unknown, forcedColors?: 'active' }} Look */

const workspace = await mkdtemp(path.join(os.tmpdir(), 'mora-studio-runs-'));
/** @param {string} name */
const root = (name) => path.join(workspace, '.mora/runs', `20260203-100000-${name}`);
await writeSyntheticRun({ root: root('pronounce'), name: 'pronounce' });
await writeSyntheticRun({
  root: root('pronounce-lora'),
  name: 'pronounce-lora',
  method: 'lora',
  floor: 1.86,
  steps: 2000,
  state: 'finished',
  seed: 2,
  learningRate: 2e-4,
});
await writeSyntheticRun({
  root: root('pronounce-hot'),
  name: 'pronounce-hot',
  floor: 1.75,
  steps: 1320,
  state: 'stopped',
  seed: 3,
  learningRate: 1e-3,
});
await writeSyntheticRun({
  root: root('broken'),
  name: 'broken',
  steps: 430,
  brokenAt: 420,
  state: 'failed',
  error: 'The gradient is not a number at step 430: the loss overflowed.',
});
await mkdir(output, { recursive: true });

const panels = await preparePanels(['run', 'rank']);
const { RunSession } = await panels.load('runSession');
const { RankSession } = await panels.load('rankSession');

/** @param {string} name @param {Look} options @param {(page: import('playwright-core').Page) => Promise<void>} look */
async function runPicture(name, { theme, run = 'pronounce', ...options }, look) {
  if (wanted.length > 0 && !wanted.some((part) => name.includes(part))) return;
  const editor = {
    control: async () => undefined,
    open: () => undefined,
    pickRuns: async () => [root('pronounce-lora'), root('pronounce-hot')],
    saveCsv: () => undefined,
    savePng: () => undefined,
    describe: () => undefined,
    reportError: (/** @type {unknown} */ error) => console.error(error),
  };
  const panel = await openPanel(
    panels,
    { bundle: 'run', element: 'mora-run-panel', theme, ...options, scale: 1.5 },
    (post) => new RunSession(root(run), { post, ...editor }),
  );
  await picture(panel, name, 'mora-run-panel[data-points]', look);
}

/** @param {string} name @param {Look} options @param {(page: import('playwright-core').Page) => Promise<void>} look */
async function rankPicture(name, { theme, run = 'pronounce', ...options }, look) {
  if (wanted.length > 0 && !wanted.some((part) => name.includes(part))) return;
  const editor = {
    inspect: async () => {
      throw new Error('no engine here');
    },
    alone: async () => {
      throw new Error('no engine here');
    },
    pickOther: async () => root('pronounce-lora'),
    saveCsv: () => undefined,
    openRun: () => undefined,
    describe: () => undefined,
    reportError: (/** @type {unknown} */ error) => console.error(error),
  };
  const panel = await openPanel(
    panels,
    { bundle: 'rank', element: 'mora-rank-view', theme, ...options, scale: 1.5 },
    (post) => new RankSession(root(run), null, { post, ...editor }),
  );
  await picture(panel, name, 'mora-rank-view[data-cells]', look);
}

/** @param {Awaited<ReturnType<typeof openPanel>>} panel @param {string} name @param {string} ready @param {(page: import('playwright-core').Page) => Promise<void>} look */
async function picture(panel, name, ready, look) {
  try {
    await panel.page.waitForSelector(ready, { timeout: 10_000, state: 'attached' });
    await panel.page.waitForTimeout(500);
    await look(panel.page);
    await panel.page.waitForTimeout(400);
  } catch (error) {
    console.error(name, error);
  }
  const file = path.join(output, `${name}.png`);
  await panel.page.screenshot({ path: file });
  console.log(file, ...panel.errors);
  await panel.close();
}

const asIs = async () => undefined;
/** @param {import('playwright-core').Page} page @param {number} share */
async function hover(page, share) {
  const box = await page.locator('.main mora-curve-chart').boundingBox();
  if (box) await page.mouse.move(box.x + box.width * share, box.y + box.height * 0.45);
}

for (const theme of THEMES) {
  await runPicture(`run-${theme}`, { theme }, (page) => hover(page, 0.62));
  await rankPicture(`rank-${theme}`, { theme }, asIs);
}
for (const theme of THEMES) {
  await runPicture(`run-samples-${theme}`, { theme, height: 1450 }, async (page) => {
    await page.locator('mora-samples').getByRole('slider').fill('3');
  });
}
await runPicture('run-samples-time-dark', { theme: 'dark', height: 1450 }, async (page) => {
  await page.locator('mora-samples').getByRole('radio', { name: 'Over time' }).click();
});
await runPicture('run-compare-dark', { theme: 'dark', height: 1250 }, async (page) => {
  await page.locator('[data-action=compare]').click();
  await page.waitForSelector('mora-run-panel[data-runs="3"]', { state: 'attached' });
  await page.locator('[data-toggle=table]').click();
  await page.waitForTimeout(400);
  await hover(page, 0.4);
});
await runPicture('run-failed-light', { theme: 'light', run: 'broken' }, asIs);
await runPicture('run-log-zoom-dark', { theme: 'dark' }, async (page) => {
  await page.locator('[data-toggle=log]').click();
  const box = await page.locator('.main mora-curve-chart').boundingBox();
  if (!box) return;
  await page.mouse.move(box.x + box.width * 0.5, box.y + 100);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.8, box.y + 104, { steps: 5 });
  await page.mouse.up();
});
await runPicture('run-narrow-light', { theme: 'light', width: 560, height: 1200 }, asIs);
await rankPicture('rank-compare-dark', { theme: 'dark' }, async (page) => {
  await page.locator('[data-action=compare]').click();
  await page.waitForSelector('mora-rank-view[data-other]', { state: 'attached' });
  await page.locator('[data-cell="9 v_proj"]').first().click();
});
await rankPicture('rank-compare-light', { theme: 'light' }, async (page) => {
  await page.locator('[data-action=compare]').click();
  await page.waitForSelector('mora-rank-view[data-other]', { state: 'attached' });
  await page.locator('[data-cell="9 gate_proj"]').first().click();
  await page.locator('[data-toggle=log]').click();
});
await rankPicture('rank-table-dark', { theme: 'dark' }, async (page) => {
  await page.locator('[data-toggle=table]').click();
});
await rankPicture('rank-narrow-dark', { theme: 'dark', width: 560, height: 1200 }, asIs);

// As with the contrast themes of Windows, which replace the colours of a page by a few of their own.
const forced = /** @type {const} */ ({ theme: 'high-contrast', forcedColors: 'active' });
await runPicture('run-forced', { ...forced, height: 1450 }, (page) => hover(page, 0.62));
await runPicture('run-forced-compare', { ...forced, height: 1250 }, async (page) => {
  await page.locator('[data-action=compare]').click();
  await page.waitForSelector('mora-run-panel[data-runs="3"]', { state: 'attached' });
});
await rankPicture('rank-forced', forced, async (page) => {
  await page.locator('[data-action=compare]').click();
  await page.waitForSelector('mora-rank-view[data-other]', { state: 'attached' });
  await page.locator('[data-cell="9 v_proj"]').first().click();
});

await panels.close();
await rm(workspace, { recursive: true, force: true });
