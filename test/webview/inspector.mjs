// @ts-check
// The inspector and the comparison in every theme, into test/output/webview:  node test/webview/inspector.mjs [NAME …]
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { openPanel, preparePanels } from './panelPage.mjs';
import { writeCheckpoint } from './syntheticCheckpoint.mjs';

const output = path.resolve(import.meta.dirname, '../output/webview');
const wanted = process.argv.slice(2);
const THEMES = /** @type {const} */ (['dark', 'light', 'high-contrast']);

const folder = await mkdtemp(path.join(os.tmpdir(), 'mora-studio-checkpoints-'));
const model = path.resolve(import.meta.dirname, '../../media/model/tiny-llama-3m/model.safetensors');
const adapter = await writeCheckpoint(path.join(folder, 'rotation'), { seed: 1 });
const other = await writeCheckpoint(path.join(folder, 'later'), { seed: 1, drift: 0.05, diverges: true });
const cut = await writeCheckpoint(path.join(folder, 'cut'), { seed: 1, isCut: true });
await mkdir(output, { recursive: true });

const panels = await preparePanels(['inspector', 'compare']);
const [{ InspectorSession }, { CompareSession }, { contents }, { statistics }, { values }, { compare }] =
  await Promise.all(
    ['inspectorSession', 'compareSession', 'contents', 'statistics', 'values', 'compare'].map((name) =>
      panels.load(name),
    ),
  );
const engine = async () => ({ contents, statistics, values, compare });
const reportError = (/** @type {unknown} */ error) => console.error(error);

/** @typedef {{ theme: 'dark' | 'light' | 'high-contrast', width?: number, height?: number, state?: unknown, forcedColors?: 'active' }} Look */

/** @param {string} name @param {string} file @param {Look} look @param {(page: import('playwright-core').Page) => Promise<void>} act */
async function inspectorPicture(name, file, look, act) {
  if (wanted.length > 0 && !wanted.some((part) => name.includes(part))) return;
  const editor = {
    engine,
    locate: async () => ({ path: file, note: null }),
    actionsFor: () => ({ rank: file.includes('adapter'), exports: file.includes('adapter'), talk: true }),
    act: () => undefined,
    reportError,
  };
  const panel = await openPanel(
    panels,
    { bundle: 'inspector', element: 'mora-inspector', ...look, scale: 1.5 },
    (post) => {
      const session = new InspectorSession({ post, ...editor });
      return { receive: (message) => session.receive(message), dispose: () => session.dispose(), setVisible: () => {} };
    },
  );
  await picture(panel, name, 'mora-inspector', act);
}

/** @param {string} name @param {Look} look @param {(page: import('playwright-core').Page) => Promise<void>} act */
async function comparePicture(name, look, act) {
  if (wanted.length > 0 && !wanted.some((part) => name.includes(part))) return;
  const panel = await openPanel(
    panels,
    { bundle: 'compare', element: 'mora-compare', ...look, scale: 1.5 },
    (post) =>
      new CompareSession({
        key: 'pair',
        names: ['rotation/adapter_model.safetensors', 'later/adapter_model.safetensors'],
        post,
        engine,
        locate: async () => [
          { path: adapter, note: null },
          { path: other, note: null },
        ],
        openLeft: () => undefined,
        openRight: () => undefined,
        swap: () => undefined,
        reportError,
      }),
  );
  await picture(panel, name, 'mora-compare[data-same]', act);
}

/** @param {Awaited<ReturnType<typeof openPanel>>} panel @param {string} name @param {string} ready @param {(page: import('playwright-core').Page) => Promise<void>} act */
async function picture(panel, name, ready, act) {
  try {
    await panel.page.waitForSelector(ready, { timeout: 10_000, state: 'attached' });
    await panel.page.waitForTimeout(500);
    await act(panel.page);
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
/** @param {string} node */
const select = (node) => async (/** @type {import('playwright-core').Page} */ page) => {
  await page.locator('[type=search]').fill(node);
  await page.locator(`[data-node="t:${node}"]`).click();
  await page.locator('[type=search]').fill('');
  await page.locator('mora-inspector[data-statistics=known]').waitFor({ state: 'attached' });
};

const Q = 'base_model.model.model.layers.2.self_attn.q_proj.lora_B.weight';
for (const theme of THEMES) {
  await inspectorPicture(`inspector-model-${theme}`, model, { theme }, asIs);
  await inspectorPicture(`inspector-adapter-${theme}`, adapter, { theme }, select(Q));
  await comparePicture(`compare-${theme}`, { theme }, asIs);
}
await inspectorPicture('inspector-tensor-dark', model, { theme: 'dark' }, async (page) => {
  await select('model.layers.1.mlp.down_proj.weight')(page);
  await page.locator('[data-toggle=isLogarithmic]').click();
});
await inspectorPicture('inspector-filter-light', model, { theme: 'light' }, async (page) => {
  await page.locator('[type=search]').fill('q_proj');
});
await inspectorPicture('inspector-bad-light', other, { theme: 'light' }, select(Q));
await inspectorPicture('inspector-broken-dark', cut, { theme: 'dark' }, asIs);
await inspectorPicture('inspector-narrow-dark', adapter, { theme: 'dark', width: 560, height: 1200 }, select(Q));
await comparePicture('compare-narrow-light', { theme: 'light', width: 620, height: 900 }, asIs);

const forced = /** @type {const} */ ({ theme: 'high-contrast', forcedColors: 'active' });
await inspectorPicture('inspector-forced', adapter, forced, select(Q));
await comparePicture('compare-forced', forced, asIs);

await panels.close();
await rm(folder, { recursive: true, force: true });
