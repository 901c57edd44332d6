// @ts-check
import assert from 'node:assert/strict';
import { cp, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, before } from 'node:test';
import { fileURLToPath } from 'node:url';
import { chooseInMenu } from './contextMenu.mjs';
import { mora } from './cli.mjs';
import { openEditor } from './editor.mjs';
import { picture } from './gallery.mjs';
import { journey } from './journey.mjs';
import { eventually, mirrored, panelOf } from './panelFrame.mjs';

const EXTENSION = fileURLToPath(new URL('../..', import.meta.url));

/** @type {string} */
let folder;
/** @type {import('./editor.mjs').Editor} */
let editor;

before(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'mora-studio-playground-'));
  await cp(path.join(EXTENSION, 'media/model/tiny-llama-3m'), path.join(folder, 'base'), { recursive: true });
  const configuration = {
    model: './base',
    data: { train: path.join(EXTENSION, 'examples/data/pronounce.train.jsonl'), maxLength: 64 },
    adapter: { method: 'mora', mode: 'rotation', rank: 8 },
    training: { steps: 60, batchSize: 16, learningRate: 1e-2, saveEvery: 30, evaluateEvery: 100 },
  };
  const file = path.join(folder, 'pronounce.mora.json');
  await writeFile(file, JSON.stringify(configuration));
  mora('train', file);
  editor = await openEditor({ folder, extensionDir: EXTENSION, browser: { viewport: { width: 1500, height: 1000 } } });
});

after(async () => {
  await editor?.close();
  await rm(folder, { recursive: true, force: true });
});

const playground = () => panelOf(editor.workbench, 'mora-playground');

/** @param {string} name */
const says = async (name) => mirrored(await playground(), 'mora-playground', name);

/** @param {string} states */
const statesAre = (states) =>
  eventually(`answers that are ${states}`, async () => (await says('states')) === states, 60_000);

/** @param {string} text @param {Record<string, string>} [settings] */
async function ask(text, settings = {}) {
  const frame = await playground();
  for (const [label, value] of Object.entries(settings)) await frame.getByLabel(label, { exact: true }).fill(value);
  const box = frame.locator('#prompt');
  await box.fill(text);
  await box.press('Control+Enter');
}

journey('a run opens as a playground of its base and its newest checkpoint', async () => {
  const { workbench } = editor;
  await workbench.openActivity('MoRA');
  const row = workbench.treeRows('Runs').filter({ hasText: 'pronounce' });
  await chooseInMenu(workbench, row.first(), 'Open Playground');
  const frame = await playground();
  await frame.getByRole('button', { name: 'base base model: choose who answers here' }).waitFor();
  await frame.getByRole('button', { name: 'pronounce step 60: choose who answers here' }).waitFor();
});

journey('two answers come side by side, and the adapter answers as it has learned', async () => {
  const frame = await playground();
  await frame.getByRole('radio', { name: 'Text' }).click();
  await ask('Pronounce: jamaica\n', { 'Max tokens': '24' });
  await statesAre('done done');
  const answers = await frame.locator('.answer .verbatim').allTextContents();
  assert.equal(answers.length, 2);
  assert.notEqual(answers[0], answers[1]);
  assert.match(answers[1] ?? '', /^[A-Z]+[012]?( [A-Z]+[012]?)*$/);
  assert.match((await frame.locator('[role=status]').textContent()) ?? '', /base, base model: \d+ tokens?/);
  await ask('Pronounce: salvia\n');
  await eventually('a second exchange', async () => (await says('exchanges')) === '2');
  await statesAre('done done');
  await picture(editor.workbench, {
    place: 'Playground',
    name: 'playground',
    alt: 'A prompt answered by the base and by the adapter, side by side.',
  });
});

journey('Escape stops both, what came stays, and the next prompt is answered', async () => {
  const before = Number(await says('exchanges'));
  await ask('Once upon a time', { Temperature: '1.5', 'Max tokens': '480', 'Stop strings': '' });
  const frame = await playground();
  const growing = frame.locator('article').nth(before).locator('.answer[data-side="0"] .verbatim');
  await growing.waitFor();
  await frame.locator('#prompt').press('Escape');
  await statesAre('stopped stopped');
  assert.equal(await says('running'), 'false');
  await ask('Pronounce: oilman\n', { Temperature: '0', 'Max tokens': '16' });
  await statesAre('done done');
});

journey('after a reload the thread, the prompt and the settings are as they were', async () => {
  const exchanges = await says('exchanges');
  await new Promise((resolve) => setTimeout(resolve, 6000)); // the state is written every 5 s
  await editor.workbench.reload();
  await eventually('the thread', async () => (await says('exchanges')) === exchanges);
  const frame = await playground();
  assert.equal(await frame.getByLabel('Max tokens', { exact: true }).inputValue(), '16');
  assert.equal(await frame.locator('#prompt').inputValue(), 'Pronounce: oilman\n');
});

journey('a model that has gone is said in one sentence, and works again when it is back', async () => {
  await rename(path.join(folder, 'base'), path.join(folder, 'gone'));
  await ask('Pronounce: wheat\n');
  await statesAre('failed failed');
  const frame = await playground();
  const problem = (await frame.locator('article').last().locator('.notice').first().textContent()) ?? '';
  assert.match(problem, /base/);
  await picture(editor.workbench, {
    place: 'Playground',
    name: 'playground without its model',
    alt: 'What the playground says of a model that has gone.',
  });
  await rename(path.join(folder, 'gone'), path.join(folder, 'base'));
  await ask('Pronounce: wheat\n');
  await statesAre('done done');
});

journey('another participant is chosen by quick pick, and a chat keeps its turns', async () => {
  const frame = await playground();
  await frame.locator('[data-choose="0"]').click();
  await editor.workbench.quickInput.pick('Step 30');
  await frame.getByRole('button', { name: 'pronounce step 30: choose who answers here' }).waitFor();
  await frame.getByRole('radio', { name: 'Chat' }).click();
  await ask("How is 'roell' pronounced?");
  await statesAre('done done');
  await frame.getByText('Turn 2').waitFor();
  await ask('Again?');
  await frame.getByText('Turn 3').waitFor();
  await statesAre('done done');
  await picture(editor.workbench, {
    place: 'Playground',
    name: 'playground chat',
    alt: 'A conversation with two checkpoints of a run.',
  });
});
