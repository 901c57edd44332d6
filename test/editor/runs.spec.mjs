// @ts-check
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, before } from 'node:test';
import { chooseInMenu } from './contextMenu.mjs';
import { openWithRuns } from './editor.mjs';
import { picture } from './gallery.mjs';
import { journey } from './journey.mjs';
import { eventually, panelOf } from './panelFrame.mjs';

/** More than one page of the view. */
const COUNT = 130;

/** @type {string} */
let folder;
/** @type {import('./editor.mjs').Editor} */
let editor;

before(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'mora-studio-many-'));
  for (let number = 0; number < COUNT; number++) await makeRun(number);
  editor = await openWithRuns(folder);
});

after(async () => {
  await editor?.close();
  await rm(folder, { recursive: true, force: true });
});

/** @param {number} number a run a minute, of two configurations in turn; one in four failed */
async function makeRun(number) {
  const startedAt = new Date(Date.UTC(2026, 0, 1) + 60_000 * number).toISOString();
  const stamp = startedAt.slice(0, 19).replace(/[-:]/g, '').replace('T', '-');
  const name = ['apple', 'pear'][number % 2] ?? '';
  const root = path.join(folder, '.mora', 'runs', `${stamp}-${name}`);
  await mkdir(root, { recursive: true });
  const status = {
    ...{ version: 1, state: number % 4 === 0 ? 'failed' : 'finished', error: null, activity: null, pid: 1 },
    ...{ host: 'elsewhere', socket: null, configurationFile: path.join(folder, `${name}.mora.json`) },
    ...{ startedAt, updatedAt: startedAt, step: 2, totalSteps: 2, epoch: 1, loss: 1.25, validationLoss: null },
    ...{ tokensPerSecond: 900, secondsLeft: null, trainableParameters: 123_456, checkpointStep: null },
  };
  const step = (/** @type {number} */ index) => ({
    ...{ kind: 'step', step: index, epoch: index / 2, tokens: 10, supervisedTokens: 6, loss: 1 + number / index },
    ...{ learningRate: 1e-3, gradNorm: 1, tokensPerSecond: 10, residentBytes: 2 ** 20, seconds: index },
  });
  const configuration = {
    model: path.join(folder, 'model'),
    data: { train: path.join(folder, 'train.jsonl') },
    training: { seed: number },
  };
  await writeFile(path.join(root, 'metrics.jsonl'), `${JSON.stringify(step(1))}\n${JSON.stringify(step(2))}\n`);
  await writeFile(path.join(root, 'config.json'), JSON.stringify(configuration));
  await writeFile(path.join(root, 'status.json'), JSON.stringify(status));
}

const rows = () => editor.workbench.treeRows('Runs');

/** @param {string | RegExp} text */
const row = (text) => rows().filter({ hasText: text }).first();

journey('the view groups by configuration, and a filter of words narrows it while one types', async () => {
  const { workbench } = editor;
  await row('Finished').waitFor();
  await workbench.runCommand('MoRA: Group Runs by Configuration');
  await row(/^apple65$/).waitFor();
  await row(/^pear65$/).waitFor();
  await picture(editor.workbench, {
    place: 'Runs',
    name: 'runs by configuration',
    alt: 'A hundred runs grouped by their configurations.',
  });
  await workbench.runCommand('MoRA: Filter Runs…');
  await workbench.page.getByText('Words in the name').waitFor();
  await workbench.page.keyboard.type('pear');
  await row('apple').waitFor({ state: 'hidden' });
  await workbench.page.keyboard.press('Enter');
  await workbench.page.locator('.sidebar .pane .message').getByText('Only “pear”').waitFor();
  await picture(editor.workbench, {
    place: 'Runs',
    name: 'runs filtered',
    alt: 'The runs whose name has a word, and a message that says which.',
  });
  assert.equal(await rows().filter({ hasText: 'apple' }).count(), 0);
  await workbench.runCommand('MoRA: Clear Run Filter');
  await row('apple').waitFor();
});

journey('runs that are made and deleted elsewhere come and go', async () => {
  await makeRun(COUNT);
  await row(/^apple66$/).waitFor();
  await rm(path.join(folder, '.mora', 'runs', '20260101-021000-apple'), { recursive: true });
  await row(/^apple65$/).waitFor();
});

journey('selected runs are compared: their final figures and configurations stand side by side', async () => {
  const { workbench } = editor;
  await row('apple').click();
  const run = rows().filter({ hasText: '2 steps' });
  await run.first().waitFor();
  await run.first().click();
  await run.nth(1).click({ modifiers: ['Control'] });
  await chooseInMenu(workbench, run.nth(1), 'Compare Runs');
  const panel = await panelOf(workbench, 'mora-run-panel');
  await eventually('two runs', async () => (await panel.locator('mora-run-panel').getAttribute('data-runs')) === '2');
  await panel.locator('[data-summary] tr', { hasText: 'Training loss, last step' }).waitFor();
  await panel.getByRole('rowheader', { name: 'training.seed' }).waitFor();
  await picture(editor.workbench, {
    place: 'Run panel',
    name: 'runs compared',
    alt: 'Two runs on one chart, their final figures and what differs in their configurations side by side.',
  });
});

journey('the configuration that a run trained with opens as a new document', async () => {
  const { workbench } = editor;
  await chooseInMenu(workbench, rows().filter({ hasText: '2 steps' }).nth(4), 'Duplicate Run Configuration');
  await workbench.tab('apple.mora.json').first().waitFor();
  const { model, training } = JSON.parse(await readFile(path.join(folder, 'apple.mora.json'), 'utf8'));
  assert.equal(model, './model');
  assert.equal(training.seed % 2, 0);
});
