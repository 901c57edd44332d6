// @ts-check
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, before } from 'node:test';
import { fileURLToPath } from 'node:url';
import { openEditor } from './editor.mjs';
import { picture } from './gallery.mjs';
import { journey } from './journey.mjs';
import { focusIn, tabTo, typeOver } from './keyboard.mjs';
import { eventually, panelOf } from './panelFrame.mjs';

const EXTENSION = fileURLToPath(new URL('../..', import.meta.url));
const EXAMPLE = path.join('mora-example', 'pronounce-mora.mora.json');

/** @type {string} */
let folder;
/** @type {import('./editor.mjs').Editor} */
let editor;

before(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'mora-studio-form-'));
  editor = await openEditor({
    folder,
    extensionDir: EXTENSION,
    // In a browser VS Code saves by itself after a second, and whether something is edited would be a matter of luck.
    userSettings: { 'files.autoSave': 'off' },
    browser: { viewport: { width: 1500, height: 1100 } },
  });
});

after(async () => {
  await editor?.close();
  await rm(folder, { recursive: true, force: true });
});

/** @param {string} key */
const press = (key) => editor.workbench.page.keyboard.press(key);

const form = () => panelOf(editor.workbench, 'mora-form');

const focused = async () => (await focusIn(await form())).name;

/** @param {RegExp} wanted @param {'Tab' | 'Shift+Tab'} [key] */
const walkTo = async (wanted, key) => tabTo(editor.workbench, await form(), wanted, key);

/** Saves by the keyboard, and reads what the file says then. */
async function saved() {
  await press('Control+S');
  await eventually('the document to be saved', async () => (await dirtyTabs()) === 0);
  return configuration();
}

async function configuration() {
  const text = await readFile(path.join(folder, EXAMPLE), 'utf8');
  return JSON.parse(text.replace(/^\s*\/\/.*$/gm, ''));
}

const MODULES = ['q_proj', 'k_proj', 'v_proj', 'o_proj', 'gate_proj', 'up_proj', 'down_proj'];

/**
 * The modules of each layer that a configuration adapts, however it says so.
 *
 * @param {{ adapter: { layers?: string, modules?: string | string[], targets?: Record<string, string | string[]> } }} document
 */
function chosen({ adapter: { layers = 'all', modules = 'all', targets } }) {
  const named = (/** @type {string | string[] | undefined} */ some) => (some === 'all' ? MODULES : (some ?? []));
  const inRange = (/** @type {number} */ layer) =>
    layers === 'all' ||
    layers.split(',').some((part) => {
      const [first = NaN, last = first] = part.split('-').map(Number);
      return first <= layer && layer <= last;
    });
  return [0, 1, 2, 3, 4, 5].map((layer) => (targets ? named(targets[layer]) : inRange(layer) ? named(modules) : []));
}

/** @param {string[]} left */
const without = (...left) => MODULES.filter((name) => !left.includes(name));

const dirtyTabs = () => editor.workbench.page.locator('.tab.dirty').count();

const edited = () => eventually('an edited document', async () => (await dirtyTabs()) > 0);

journey('the form opens and the grid is walked by the keyboard; Space chooses a cell, a row, a column', async () => {
  await editor.workbench.quickInput.enter('MoRA: Open Example');
  const frame = await form();
  await frame.getByRole('gridcell').first().waitFor();
  await walkTo(/^gridcell layer 0 q_proj/);
  await press('ArrowDown');
  await press('ArrowDown');
  await press('ArrowRight');
  assert.match(await focused(), /layer 2 k_proj/);
  await press('Space');
  await edited();
  const all = MODULES;
  assert.deepEqual(chosen(await saved()), [all, all, without('k_proj'), all, all, all]);

  await press('Home');
  await press('ArrowLeft');
  assert.match(await focused(), /rowheader all of layer 2/);
  await press('Space');
  await press('Space');
  await edited();
  assert.deepEqual(chosen(await saved()), [all, all, [], all, all, all]);

  await press('Control+ArrowUp');
  await press('ArrowUp');
  await press('ArrowRight');
  assert.match(await focused(), /columnheader all of q_proj/);
  await press('Space');
  await press('Space');
  await edited();
  const rest = without('q_proj');
  assert.deepEqual(chosen(await saved()), [rest, rest, [], rest, rest, rest]);
});

journey('Invert, and Control+Z takes it back as one step', async () => {
  const before = await configuration();
  await walkTo(/^button Invert/, 'Shift+Tab');
  await press('Enter');
  await edited();
  const q = ['q_proj'];
  assert.deepEqual(chosen(await saved()), [q, q, MODULES, q, q, q]);
  await press('Control+Z');
  await edited();
  assert.deepEqual(await saved(), before);
});

journey('the rank is typed, and its field says what the document says', async () => {
  await walkTo(/^text Rank r$/, 'Shift+Tab');
  await typeOver(editor.workbench, '12');
  await press('Enter');
  await edited();
  assert.equal((await saved()).adapter.rank, 12);
});

journey('a suggestion is measured, shown in the grid, and taken as one edit', async () => {
  const before = await configuration();
  await walkTo(/^button Suggest/);
  await press('Enter');
  const frame = await form();
  await frame.locator('.proposal .use').waitFor({ timeout: 90_000 });
  assert.match(
    (await frame.getByRole('gridcell').first().getAttribute('aria-label')) ?? '',
    /score \S+, place \d+ of 42/,
  );
  assert.equal(await frame.locator('.cell.scored').count(), 42);
  const words = (await frame.locator('.proposal').innerText()).replace(/\s+/g, ' ');
  const [, modules, rank] = (/Suggested: (\d+) modules at rank (\d+),/.exec(words) ?? []).map(Number);
  await picture(editor.workbench, {
    place: 'Configuration',
    name: 'form suggestion',
    alt: 'The grid of layers and modules coloured by how much the loss asks each to change, with the suggested modules marked and one button to take them.',
  });
  await walkTo(/^button Use these/);
  await press('Enter');
  await edited();
  const after = await saved();
  assert.equal(after.adapter.rank, rank);
  assert.equal(chosen(after).flat().length, modules);
  assert.notDeepEqual(chosen(after), chosen(before));
  assert.equal(await frame.locator('.cell.on').count(), modules);
  assert.equal(await frame.locator('.cell.on.suggested').count(), modules);
  await press('Control+Z');
  await edited();
  assert.deepEqual(await saved(), before);
});

journey('a step is measured without touching the document, and marked when the document moves on', async () => {
  const before = await configuration();
  await walkTo(/^button Measure a step/);
  await press('Enter');
  const frame = await form();
  await frame.getByText('a step on cpu').waitFor({ timeout: 90_000 });
  assert.deepEqual(await configuration(), before);
  assert.equal(await dirtyTabs(), 0);
  await frame.locator('#plan-title').scrollIntoViewIfNeeded();
  await picture(editor.workbench, {
    place: 'Configuration',
    name: 'form plan',
    alt: 'The plan: trainable parameters, memory by parts against what the machine has, and the measured time of a step and of the run.',
  });
  await walkTo(/^text Batch size/);
  await typeOver(editor.workbench, '7');
  await press('Enter');
  await frame.getByText('Measured before the last changes').waitFor();
  // The form says so at once; what is undone before the document has the edit is the edit before.
  await edited();
  await press('Control+Z');
  await frame.getByText('Measured before the last changes').waitFor({ state: 'detached' });
});

journey('the text beside the form shows each edit, and an edit of the text shows in the form', async () => {
  const { page } = editor.workbench;
  await editor.workbench.quickInput.enter('MoRA: Open Text to the Side');
  const text = page.locator('.monaco-editor .view-lines');
  await text.waitFor();
  await text.getByText('"batchSize"').waitFor();
  const frame = await form();
  const rank = frame.getByRole('textbox', { name: 'Rank r', exact: true });

  // The text has the focus: what is typed there shows in the form, and both are one document with one undo.
  const before = await configuration();
  await text.getByText('"rank"').click();
  for (const key of ['End', 'ArrowLeft', 'Backspace', 'Backspace']) await press(key);
  await page.keyboard.type('16');
  await eventually('the rank of the text in the form', async () => (await rank.inputValue()) === '16');
  await picture(editor.workbench, {
    place: 'Configuration',
    name: 'form beside text',
    alt: 'The form and the text of one document side by side.',
  });
  assert.equal((await saved()).adapter.rank, 16);
  // Typing and deleting are steps of their own; between them the text is no JSON, and the form has no fields.
  await eventually('the text of before', async () => {
    if (/"rank": 12,/.test((await text.innerText()).replaceAll('\u00a0', ' '))) return true;
    await press('Control+Z');
    return false;
  });
  await eventually('the rank of before in the form', async () => {
    return (await rank.count()) === 1 && (await rank.inputValue()) === '12';
  });
  await edited();
  assert.deepEqual(await saved(), before);
});
