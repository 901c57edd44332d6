// @ts-check
// That the run panel, which draws no more than what is new, shows in a real VS Code what one shows that is opened then.
// test/webview/livePicture.mjs holds many more looks of it against each other, in a plain page.
import assert from 'node:assert/strict';
import { appendFile, mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, before } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { canvasesOf, difference } from '../webview/canvasPixels.mjs';
import { generator, stepLine, writeSyntheticRun } from '../webview/syntheticRun.mjs';
import { openWithRuns } from './editor.mjs';
import { journey } from './journey.mjs';
import { panelOf, untilMirrored } from './panelFrame.mjs';

/** More than a chart has pixels, so that its points are thinned out, and fewer. */
const LENGTHS = { long: 6000, short: 300 };

const UPDATES = 60;

/** The panel looks five times a second. */
const UPDATE_MS = 120;

/** Longer than a panel takes to ask again once it knows how many pixels its charts have. */
const SETTLED_MS = 1500;

/** @type {string} */
let folder;
/** @type {import('./editor.mjs').Editor} */
let editor;

before(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'mora-studio-live-'));
  for (const [name, steps] of Object.entries(LENGTHS))
    await writeSyntheticRun({ root: rootOf(name), name, steps, total: 2 * steps, layers: 1 });
  editor = await openWithRuns(folder);
});

after(async () => {
  await editor?.close();
  await rm(folder, { recursive: true, force: true });
});

/** @param {string} name */
const rootOf = (name) => path.join(folder, '.mora/runs', `20260203-100000-${name}`);

/** A step more, and now and then an evaluation. @param {string} name @param {number} step @param {() => number} random */
async function train(name, step, random) {
  const total = 2 * (LENGTHS[/** @type {keyof LENGTHS} */ (name)] ?? 0);
  const made = stepLine(step, { total, learningRate: 3e-4, floor: 1.6, random, seconds: 0.4 * step, name });
  const evaluation = { kind: 'evaluation', step, loss: 2 + 0.1 * random(), accuracy: 0.5 };
  const lines = [made, ...(step % 7 === 0 ? [evaluation] : [])].map((line) => `${JSON.stringify(line)}\n`);
  await appendFile(path.join(rootOf(name), 'metrics.jsonl'), lines.join(''));
}

/** Opens the panel of a run that has so many steps, and waits until nothing in it moves. @param {string} name @param {number} steps */
async function open(name, steps) {
  const { workbench } = editor;
  await workbench.treeRows('Runs').filter({ hasText: name }).first().click();
  await panelOf(workbench, 'mora-run-panel', name);
  return settled(steps);
}

/** @param {number} steps */
async function settled(steps) {
  const { workbench } = editor;
  await untilMirrored(workbench, 'mora-run-panel', 'points', (points) => Number(points) === steps);
  await workbench.page.mouse.move(0, 0);
  await sleep(SETTLED_MS);
  return (await panelOf(workbench, 'mora-run-panel')).locator('mora-run-panel');
}

/**
 * Counts on the page how often a curve is drawn on from where it ended. Drawing begins with clearing a strip: the leftmost
 * where all is drawn, and not the one that follows the last.
 */
function countStrips() {
  const counts = { partial: 0, whole: 0 };
  const lastEnd = new WeakMap();
  const { clearRect } = CanvasRenderingContext2D.prototype;
  CanvasRenderingContext2D.prototype.clearRect = function (
    /** @type {number} */ x,
    /** @type {number} */ y,
    /** @type {number} */ width,
    /** @type {number} */ height,
  ) {
    if (this.canvas.classList.contains('curves')) {
      if (x === 0) counts.whole++;
      else if (Math.abs(x - (lastEnd.get(this) ?? NaN)) > 0.01) counts.partial++;
      lastEnd.set(this, x + width);
    }
    clearRect.call(this, x, y, width, height);
  };
  Object.assign(window, { stripCounts: counts });
}

for (const [name, steps] of Object.entries(LENGTHS))
  journey(`a ${name} run that is drawn as it grows looks as one that is opened then`, async () => {
    const { workbench } = editor;
    const live = await open(name, steps);
    await live.evaluate(countStrips);
    const random = generator(9);
    for (let update = 1; update <= UPDATES; update++) {
      await train(name, steps + update, random);
      await sleep(UPDATE_MS);
    }
    await settled(steps + UPDATES);
    const counts = await live.evaluate(() => /** @type {any} */ (window).stripCounts);
    console.log(`${name}: ${counts.partial} times drawn on, ${counts.whole} times drawn whole`);
    assert.ok(counts.partial >= 10, 'it is drawn on, not drawn anew');
    const drawn = await live.evaluate(canvasesOf);
    const range = [await mirroredOf(live, 'from'), await mirroredOf(live, 'to')];
    await workbench.runCommand('View: Close Editor');
    const fresh = await open(name, steps + UPDATES);
    assert.deepEqual([await mirroredOf(fresh, 'from'), await mirroredOf(fresh, 'to')], range);
    const whole = await fresh.evaluate(canvasesOf);
    assert.equal(drawn.length, 15, 'three canvases in each of five charts');
    assert.ok(drawn.some(({ name: canvas, pixels }) => canvas.includes('curves') && /[^A]/.test(pixels)));
    assert.deepEqual(drawn.map((canvas, index) => difference(canvas, whole[index])).filter(Boolean), []);
  });

/** @param {import('playwright-core').Locator} panel @param {string} name */
const mirroredOf = (panel, name) => panel.getAttribute(`data-${name}`);
