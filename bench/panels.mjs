// @ts-check
// The run panel as it is shipped, in a real Chromium, fed by the extension's own session with four runs of 100,000 steps
// each: the first paint, what a live update and a zoom cost, and the sizes of all panels:
//   npm run bench:panels [-- --steps 100000 --updates 60 --zooms 40]
import { appendFile, mkdtemp, readdir, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { encode, openPanel, preparePanels } from '../test/webview/panelPage.mjs';
import { generator, stepLine, writeSyntheticRun } from '../test/webview/syntheticRun.mjs';

const { values } = parseArgs({
  options: {
    steps: { type: 'string', default: '100000' },
    updates: { type: 'string', default: '60' },
    zooms: { type: 'string', default: '40' },
  },
});
const steps = Number(values.steps);
const updates = Number(values.updates);
const zooms = Number(values.zooms);
const RUNS = 4;
/** One picture of a screen of 60 Hz. */
const FRAME_MS = 1000 / 60;
const repository = path.resolve(import.meta.dirname, '..');

const workspace = await mkdtemp(path.join(os.tmpdir(), 'mora-bench-panels-'));
const total = 2 * steps;
const roots = Array.from({ length: RUNS }, (_, index) =>
  path.join(workspace, '.mora/runs', `20260203-100000-run${index}`),
);
for (const [index, root] of roots.entries()) {
  const floor = 1.5 + 0.1 * index;
  await writeSyntheticRun({ root, name: `run${index}`, steps, total, seed: index + 1, floor, layers: 1 });
}

const webviews = (await readdir(path.join(repository, 'webview'), { withFileTypes: true }))
  .filter((entry) => entry.isDirectory() && entry.name !== 'shared')
  .map(({ name }) => name)
  .sort();
const panels = await preparePanels(webviews, { shipped: true });
const { RunSession } = await panels.load('runSession');
/** Messages to the panel wait here while one is measured. @type {unknown[] | undefined} */
let held;
/** @type {(message: any) => void} */
let post = () => undefined;
/** @type {any} */
let session;

const began = performance.now();
const panel = await openPanel(
  panels,
  {
    ...{ bundle: 'run', element: 'mora-run-panel', theme: 'dark', width: 1280, height: 900 },
    state: { root: roots[0], view: { overlays: roots.slice(1), smoothing: 0.9 } },
  },
  (send) => {
    // Snapshots can be held back, whether they were asked for or are news.
    post = (message) => (held === undefined || message.body?.runs === undefined ? send(message) : held.push(message));
    session = new RunSession(roots[0], {
      post: (/** @type {any} */ message) => post(message),
      control: async () => undefined,
      open: () => undefined,
      pickRuns: async () => undefined,
      saveCsv: () => undefined,
      savePng: () => undefined,
      saveTensorBoard: () => undefined,
      describe: () => undefined,
      reportError: (/** @type {unknown} */ error) => console.error(error),
    });
    return session;
  },
);
const { page } = panel;
await page.waitForSelector(`mora-run-panel[data-runs="${RUNS}"]`, { state: 'attached', timeout: 300_000 });
await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve))));
const firstPaint = performance.now() - began;
const devtools = await page.context().newCDPSession(page);
// Processor time, not time on the wall: what else the machine does is no cost of the panel.
await devtools.send('Performance.enable', { timeDomain: 'threadTicks' });
await sleep(1500);

/**
 * Seconds of processor time that the page's thread took so far: scripts, layout, paint. Not "TaskDuration": without a
 * graphics card Chromium draws a canvas after the task that asked for it, where no task is charged.
 */
async function busy() {
  const { metrics } = await devtools.send('Performance.getMetrics');
  return metrics.find(({ name }) => name === 'ThreadTime')?.value ?? NaN;
}

/** Milliseconds that the page's thread computes for something and what it draws. @param {() => Promise<unknown>} act */
async function busyWith(act) {
  const before = await busy();
  await act();
  await page.evaluate(
    () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(resolve)))),
  );
  return 1000 * ((await busy()) - before);
}

// What asking and two empty frames cost by themselves.
const idle = [];
for (let time = 0; time < 20; time++) idle.push(await busyWith(async () => undefined));
const empty = quantile(idle, 0.5);

/**
 * Lets the page have a message that was held back: decoded first, for how it gets there is VS Code's, not the panel's.
 * @param {unknown} message
 */
async function deliver(message) {
  await page.evaluate((text) => Object.assign(window, { staged: /** @type {any} */ (window).decode(text) }), encode(message)); // prettier-ignore
  return busyWith(() =>
    page.evaluate(() =>
      window.dispatchEvent(new MessageEvent('message', { data: /** @type {any} */ (window).staged })),
    ),
  );
}

/**
 * The next message that the extension sends, held back. Messages that do not yet tell all are left out: the files of four
 * runs grow one after another.
 * @param {() => Promise<unknown>} act @param {(runs: any[]) => boolean} [tellsAll]
 */
async function heldBy(act, tellsAll = () => true) {
  /** @type {any[]} */
  const messages = (held = []);
  await act();
  const until = performance.now() + 60_000;
  while (performance.now() < until) {
    const message = messages.find(({ body }) => tellsAll(body.runs));
    if (message !== undefined) {
      held = undefined;
      return message;
    }
    await sleep(5);
  }
  throw new Error('the extension did not say what is new');
}

const random = generator(99);
const live = [];
for (let update = 1; update <= updates; update++) {
  const options = { total, learningRate: 3e-4, floor: 1.6, random, seconds: 1e6 + update, name: '' };
  const line = `${JSON.stringify(stepLine(steps + update, options))}\n`;
  const message = await heldBy(
    async () => {
      for (const root of roots) await appendFile(path.join(root, 'metrics.jsonl'), line);
    },
    (runs) => runs.every(({ summary }) => summary.step === steps + update),
  );
  live.push(await deliver(message));
}

const box = await page.locator('.main mora-curve-chart').boundingBox();
if (box === null) throw new Error('there is no chart');
await page.mouse.move(box.x + box.width * 0.6, box.y + box.height * 0.5);
await sleep(500);
const zoomed = [];
for (let zoom = 0; zoom < zooms; zoom++) {
  // The wheel is answered at once with the points that are there, and with the right ones when they come.
  let turning = 0;
  const message = await heldBy(async () => {
    turning = await busyWith(() => page.mouse.wheel(0, zoom % 20 < 10 ? -120 : 120));
  });
  zoomed.push(turning - empty + (await deliver(message)));
}
const sizes = await Promise.all(webviews.map(async (name) => ({ name, bytes: await panels.bytesOf(name) })));
if (panel.errors.length > 0) throw new Error(panel.errors.join('\n'));
await panel.close();
await panels.close();
await rm(workspace, { recursive: true, force: true });

/** @param {readonly number[]} list @param {number} share */
function quantile(list, share) {
  return [...list].sort((a, b) => a - b)[Math.min(list.length - 1, Math.floor(share * list.length))] ?? NaN;
}

console.log(`${RUNS} runs of ${steps.toLocaleString('en-US')} steps; ${os.cpus()[0]?.model ?? ''}, Chromium ${panels.browser.version()}`); // prettier-ignore
console.log(`first paint, from opening the page on, reading the four files included: ${firstPaint.toFixed(0)} ms\n`);
console.log('| processor time, ms | times | median | 95th percentile | worst | longer than a frame |');
console.log('| --- | ---: | ---: | ---: | ---: | ---: |');
for (const [name, list] of /** @type {const} */ ([
  ['a live update', live],
  ['a step of zooming', zoomed],
])) {
  // prettier-ignore
  const own = list.map((time) => Math.max(0, time - empty));
  const figures = [0.5, 0.95, 1].map((share) => quantile(own, share).toFixed(1));
  console.log(`| ${[name, own.length, ...figures, own.filter((time) => time > FRAME_MS).length].join(' | ')} |`);
}
console.log(`\nAn empty look of the measurement itself, ${empty.toFixed(1)} ms, is taken off.\n`);
console.log('| panel | KiB, minified |\n| --- | ---: |');
for (const { name, bytes } of sizes) console.log(`| ${name} | ${Math.round(bytes / 1024)} |`);
