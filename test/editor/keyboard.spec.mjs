// @ts-check
// A fine-tune from its configuration to its rank by the keyboard alone: no test here touches a mouse.
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, before } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { openEditor } from './editor.mjs';
import { journey } from './journey.mjs';
import { focusIn, tabTo, typeOver } from './keyboard.mjs';
import { eventually, mirrored, panelOf } from './panelFrame.mjs';

const EXTENSION = fileURLToPath(new URL('../..', import.meta.url));

const FILE = 'cat.mora.json';

/** Presses of an arrow that reach the end of any menu or tree here. */
const MOST_PRESSES = 60;

/** How long a webview that was just opened may take to draw the focus to itself. */
const SETTLE_MS = 700;

/** @type {string} */
let folder;
/** @type {import('./editor.mjs').Editor} */
let editor;

before(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'mora-studio-keyboard-'));
  await writeFile(path.join(folder, 'data.txt'), 'the cat sat on the mat and the dog sat on the log.\n'.repeat(64));
  const configuration = {
    model: path.join(EXTENSION, 'media/model/tiny-llama-3m'),
    data: { train: './data.txt', maxLength: 32 },
    adapter: { method: 'mora', mode: 'sharing', rank: 4 },
    training: { steps: 100_000, batchSize: 2, saveEvery: 5, keep: 1, evaluateEvery: 0 },
    compute: { threads: 1 },
  };
  await writeFile(path.join(folder, FILE), JSON.stringify(configuration, null, 2));
  editor = await openEditor({ folder, extensionDir: EXTENSION, browser: { viewport: { width: 1500, height: 1000 } } });
});

after(async () => {
  await editor?.close();
  await rm(folder, { recursive: true, force: true });
});

/** @param {string} key */
const press = (key) => editor.workbench.page.keyboard.press(key);

/** @param {string} name */
const look = (name) => editor.workbench.screenshot(`keyboard ${name}`);

/** What the file says; undefined while the editor saves it, which empties it first. */
const configuration = async () => {
  const text = await readFile(path.join(folder, FILE), 'utf8');
  return text === '' ? undefined : JSON.parse(text);
};

/** @param {Parameters<typeof panelOf>[1]} element @param {RegExp} wanted @param {'Tab' | 'Shift+Tab'} [key] */
const walkTo = async (element, wanted, key) =>
  tabTo(editor.workbench, await panelOf(editor.workbench, element), wanted, key);

/** @param {RegExp} name of what has the focus in the form, for all to see */
async function assertOn(name) {
  const focus = await focusIn(await panelOf(editor.workbench, 'mora-form'));
  assert.match(focus.name, name);
  assert.ok(focus.isMarked, `one does not see that “${focus.name}” has the focus`);
}

/** Saves, and reads what the file says of the adapter once it says so. @param {(adapter: any) => boolean} holds */
async function savedAdapter(holds) {
  await press('Control+S');
  return eventually('the edit in the file', async () => {
    const saved = await configuration();
    return saved !== undefined && holds(saved.adapter);
  });
}

/** @param {string} name of what the run panel mirrors */
const says = async (name) => mirrored(await panelOf(editor.workbench, 'mora-run-panel'), 'mora-run-panel', name);

/** @param {string} state */
const untilRun = (state) => eventually(`the run to be ${state}`, async () => (await says('state')) === state);

/**
 * Presses the key until the focus is on a row that reads so, and asks whether one sees it.
 *
 * @param {string} list a selector
 * @param {RegExp} text
 * @param {string} key
 */
async function rowTo(list, text, key) {
  const rows = editor.workbench.page.locator(list).locator('.monaco-list-row, .action-item');
  await rows.filter({ hasText: text }).first().waitFor();
  const focused = rows.and(editor.workbench.page.locator('.focused'));
  for (let presses = 0; presses < MOST_PRESSES; presses++) {
    const words = (await focused.count()) === 1 ? ((await focused.textContent()) ?? '') : '';
    if (text.test(words)) {
      const isMarked = await focused.evaluate((row) => {
        const parts = [row, ...row.querySelectorAll('*')].map((each) => getComputedStyle(each));
        return parts.some(
          ({ outlineStyle, backgroundColor }) =>
            outlineStyle !== 'none' || !/, 0\)$|^transparent$/.test(backgroundColor),
        );
      });
      assert.ok(isMarked, `one does not see that “${words}” has the focus`);
      return;
    }
    await press(key);
    await sleep(100);
  }
  throw new Error(`${text} is not reached by ${key} in ${list}`);
}

const EXPLORER = '.explorer-folders-view .monaco-list:focus-within';
const RUNS = '.sidebar .pane .monaco-list:focus-within';
const MENU = '.monaco-menu';

/** A webview that was just opened takes the focus once it has loaded, so the view is asked for until it keeps it. */
const focusRuns = () =>
  eventually('the focus in the runs', async () => {
    await editor.workbench.quickInput.enter('MoRA: Focus on Runs View');
    await sleep(SETTLE_MS);
    return (await editor.workbench.page.locator(RUNS).count()) === 1;
  });

journey('a configuration opens from the explorer, and the grid takes cell, row and column', async () => {
  const { page } = editor.workbench;
  await eventually('the focus in the explorer', async () => {
    await press('Control+Shift+E');
    await sleep(SETTLE_MS);
    return (await page.locator(EXPLORER).count()) === 1;
  });
  await rowTo(EXPLORER, /cat\.mora\.json/, 'ArrowDown');
  await look('explorer');
  await press('Enter');
  const form = await panelOf(editor.workbench, 'mora-form');
  await form.getByRole('gridcell').first().waitFor();

  await walkTo('mora-form', /^gridcell layer 0 q_proj/);
  await press('ArrowDown');
  await press('ArrowRight');
  await assertOn(/^gridcell layer 1 k_proj/);
  await press('Space');
  await savedAdapter(({ targets }) => targets?.['1']?.includes('k_proj') === false);
  await look('cell');

  await press('Home');
  await press('ArrowLeft');
  await assertOn(/^rowheader all of layer 1/);
  // The whole row, then none of it.
  await press('Space');
  await press('Space');
  await savedAdapter(({ targets, layers }) => (targets ? !targets['1']?.length : layers === '0,2-5'));
  await look('row');

  await press('Control+ArrowUp');
  await press('ArrowUp');
  await press('ArrowRight');
  await assertOn(/^columnheader all of q_proj/);
  await press('Space');
  await press('Space');
  await savedAdapter(({ targets, modules }) => !(targets?.['0'] ?? modules).includes('q_proj'));
  await look('column');
});

journey('rank and mode are changed, and Train is reached and pressed', async () => {
  await walkTo('mora-form', /^text Rank r$/, 'Shift+Tab');
  await typeOver(editor.workbench, '6');
  await press('Enter');
  await savedAdapter(({ rank }) => rank === 6);
  await look('rank');

  await walkTo('mora-form', /^radio Sharing/, 'Shift+Tab');
  await press('ArrowUp');
  await assertOn(/^radio Rotation/);
  await savedAdapter(({ mode }) => mode === 'rotation');
  await look('mode');

  await walkTo('mora-form', /^button Train/, 'Shift+Tab');
  await look('train');
  await press('Enter');
  await eventually('a checkpoint', async () => Number(await says('lastStep')) > 5, 180_000);
});

journey(
  'the run is found in the tree, paused from its menu, resumed by command, and stopped in its panel',
  async () => {
    const { page, quickInput } = editor.workbench;
    await focusRuns();
    await press('Home');
    await rowTo(RUNS, /^cat/, 'ArrowDown');
    await look('run in the tree');
    await press('Shift+F10');
    await page.locator(MENU).waitFor();
    await rowTo(MENU, /^Pause Run/, 'ArrowDown');
    await look('menu of the run');
    await press('Enter');
    await untilRun('paused');

    await quickInput.enter('MoRA: Resume Run');
    await untilRun('running');

    await focusRuns();
    await rowTo(RUNS, /^cat/, 'ArrowDown');
    await press('Enter');
    await sleep(SETTLE_MS);
    await walkTo('mora-run-panel', /^button Stop and save/);
    await look('stop');
    await press('Enter');
    await untilRun('stopped');
  },
);

journey('the checkpoint that stopping saved opens its rank view, whose map is reached by Tab', async () => {
  await focusRuns();
  await press('Home');
  await rowTo(RUNS, /^cat/, 'ArrowDown');
  await press('ArrowRight');
  await editor.workbench
    .treeRows('Runs')
    .filter({ hasText: /^Step \d/ })
    .first()
    .waitFor();
  await rowTo(RUNS, /^Step \d/, 'ArrowDown');
  await look('checkpoint in the tree');
  await press('Enter');
  const rank = await panelOf(editor.workbench, 'mora-rank-view');
  await rank.getByRole('gridcell').first().waitFor();
  await sleep(SETTLE_MS);
  await walkTo('mora-rank-view', /^gridcell /);
  await press('Enter');
  await eventually(
    'a spectrum',
    async () => Number(await rank.locator('mora-rank-view').getAttribute('data-singular-values')) > 6,
  );
  await look('rank view');
});
