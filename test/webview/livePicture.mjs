// @ts-check
// Whether the run panel, after it has drawn no more than what was new update by update, shows what one shows that is
// opened then, pixel by pixel:  node test/webview/livePicture.mjs [--pictures]
import { appendFile, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { canvasesOf, difference } from './canvasPixels.mjs';
import { openPanel, preparePanels } from './panelPage.mjs';
import { generator, stepLine, writeSyntheticRun } from './syntheticRun.mjs';

const UPDATES = 60;
const wanted = process.argv.slice(2).filter((word) => !word.startsWith('--'));
const pictures = process.argv.includes('--pictures');
const output = path.resolve(import.meta.dirname, '../output/webview');

/** @typedef {import('playwright-core').Page} Page */
/** @typedef {{ name: string, theme: 'dark' | 'light' | 'high-contrast', steps: number, scale?: number, view?: object, midway?: (page: Page, roots: string[]) => Promise<void> }} Look */

/** @type {readonly Look[]} */
const LOOKS = [
  { name: 'long runs', theme: 'dark', steps: 100_000 },
  { name: 'many points a pixel', theme: 'light', steps: 6000 },
  { name: 'on a fine screen', theme: 'high-contrast', steps: 6000, scale: 2 },
  { name: 'on a screen of a part more', theme: 'dark', steps: 6000, scale: 1.25 },
  { name: 'fewer points than pixels', theme: 'dark', steps: 700 },
  { name: 'from the first step on', theme: 'light', steps: 1 },
  { name: 'from sparse to dense', theme: 'dark', steps: 1100 },
  { name: 'logarithmic, not smoothed', theme: 'dark', steps: 6000, view: { isLogarithmic: true, smoothing: 0 } },
  { name: 'following the end', theme: 'dark', steps: 6000, view: { range: { kind: 'trailing', width: 3000 } } },
  { name: 'by time', theme: 'dark', steps: 6000, view: { axis: 'seconds' } },
  {
    name: 'a place in the middle',
    theme: 'dark',
    steps: 6000,
    view: { range: { kind: 'fixed', from: 2000, to: 6020 } },
  },
  {
    name: 'made narrower on the way',
    theme: 'dark',
    steps: 6000,
    midway: async (page) => page.setViewportSize({ width: 900, height: 1000 }),
  },
  {
    name: 'a run that goes back to a checkpoint on the way',
    theme: 'dark',
    steps: 6000,
    midway: async (_, [root = '']) => rewind(root, 5000),
  },
];
await mkdir(output, { recursive: true });
const panels = await preparePanels(['run']);
const { RunSession } = await panels.load('runSession');
let failed = false;

for (const { name, theme, steps, scale = 1, view = {}, midway } of LOOKS) {
  if (wanted.length > 0 && !wanted.some((part) => name.includes(part))) continue;
  const workspace = await mkdtemp(path.join(os.tmpdir(), 'mora-live-'));
  const roots = ['one', 'other'].map((run) => path.join(workspace, '.mora/runs', `20260203-100000-${run}`));
  for (const [index, root] of roots.entries()) {
    const floor = 1.5 + 0.1 * index;
    await writeSyntheticRun({ root, name: `run${index}`, steps, total: 2 * steps, seed: index + 1, floor, layers: 1 });
  }
  const state = { root: roots[0], view: { overlays: roots.slice(1), smoothing: 0.9, ...view } };
  const live = await open(roots, { theme, scale, state });
  const random = generator(9);
  for (let update = 1; update <= UPDATES; update++) {
    for (const root of roots) await appendFile(path.join(root, 'metrics.jsonl'), line(steps + update, steps, random));
    await live.refresh();
    if (update === UPDATES / 2) await midway?.(live.page, roots);
  }
  await sleep(600);
  const size = live.page.viewportSize() ?? undefined;
  const fresh = await open(roots, { theme, scale, ...size, state: await live.page.evaluate('savedState') });
  const [drawn, whole] = [await canvasesIn(live), await canvasesIn(fresh)];
  const differences = drawn.map((canvas, index) => difference(canvas, whole[index])).filter((text) => text !== '');
  console.log(`${name}: ${differences.length === 0 ? 'the same' : differences.join('; ')}`);
  failed ||= differences.length > 0 || drawn.length !== whole.length;
  if (pictures) {
    const file = path.join(output, `live-${name.replaceAll(' ', '-')}`);
    await live.page.screenshot({ path: `${file}.png` });
    await fresh.page.screenshot({ path: `${file}-whole.png` });
  }
  for (const panel of [live, fresh]) {
    if (panel.errors.length > 0) console.error(name, ...panel.errors);
    failed ||= panel.errors.length > 0;
    await panel.close();
  }
  await rm(workspace, { recursive: true, force: true });
}
await panels.close();
process.exitCode = failed ? 1 : 0;

/**
 * A panel that has read and drawn all that there is by now.
 * @param {readonly string[]} roots @param {{ theme: Look['theme'], scale: number, width?: number, height?: number, state: unknown }} options
 */
async function open(roots, options) {
  /** @type {any} */
  let session;
  let told = 0;
  const nothing = () => undefined;
  const panel = await openPanel(
    panels,
    { bundle: 'run', element: 'mora-run-panel', height: 1000, ...options },
    (post) => {
      session = new RunSession(roots[0], {
        post,
        control: async () => undefined,
        pickRuns: async () => undefined,
        ...{ open: nothing, saveCsv: nothing, savePng: nothing, saveTensorBoard: nothing },
        describe: () => told++,
        reportError: console.error,
      });
      return session;
    },
  );
  await panel.page.waitForSelector(`mora-run-panel[data-runs="${roots.length}"]`, { state: 'attached' });
  await sleep(800); // it asks again once it knows how many pixels its charts have
  return {
    ...panel,
    /** Has what is new drawn at once. */
    refresh: async () => {
      const before = told;
      session.setVisible(false);
      session.setVisible(true);
      while (told === before) await sleep(5);
      await panel.page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve))));
    },
  };
}

/** @param {number} step @param {number} steps @param {() => number} random */
function line(step, steps, random) {
  const made = stepLine(step, {
    total: 2 * steps,
    learningRate: 3e-4,
    floor: 1.6,
    random,
    seconds: 0.4 * step,
    name: '',
  });
  const evaluation = { kind: 'evaluation', step, loss: 2 + 0.1 * random(), accuracy: 0.5 };
  return [made, ...(step % 7 === 0 ? [evaluation] : [])].map((each) => `${JSON.stringify(each)}\n`).join('');
}

/** Takes a run back to a step, as resuming it from a checkpoint does. @param {string} root @param {number} step */
async function rewind(root, step) {
  const file = path.join(root, 'metrics.jsonl');
  const lines = (await readFile(file, 'utf8'))
    .split('\n')
    .filter((text) => text !== '' && JSON.parse(text).step <= step);
  await writeFile(`${file}.new`, lines.map((text) => `${text}\n`).join(''));
  await rename(`${file}.new`, file);
}

/** What is on all canvases of a panel. @param {{ page: Page }} panel */
function canvasesIn({ page }) {
  return page.locator('mora-run-panel').evaluate(canvasesOf);
}
