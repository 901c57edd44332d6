// @ts-check
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, before } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { graveFindings } from './axe.mjs';
import { chooseInMenu } from './contextMenu.mjs';
import { mora } from './cli.mjs';
import { openEditor } from './editor.mjs';
import { answerFile } from './fileDialog.mjs';
import { journey } from './journey.mjs';
import { eventually, panelOf, untilMirrored } from './panelFrame.mjs';
import { THEMES } from './theme.mjs';

const EXTENSION = fileURLToPath(new URL('../..', import.meta.url));

/** What depends on the colours; everything else is the same in every theme. */
const COLOURS = ['color-contrast', 'link-in-text-block'];

/** @type {string} */
let folder;
/** @type {import('./editor.mjs').Editor} */
let editor;

const NAMES = /** @type {Array<import('./theme.mjs').ThemeName>} */ (Object.keys(THEMES));

before(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'mora-studio-axe-'));
  await cp(path.join(EXTENSION, 'media/model/tiny-llama-3m'), path.join(folder, 'base'), { recursive: true });
  const configuration = {
    model: './base',
    data: { train: path.join(EXTENSION, 'examples/data/pronounce.train.jsonl'), maxLength: 64 },
    adapter: { method: 'mora', mode: 'rotation', rank: 8 },
    training: {
      ...{ steps: 4, batchSize: 4, learningRate: 1e-2, saveEvery: 2, evaluateEvery: 2 },
      samples: { prompts: 2, maxTokens: 8 },
    },
  };
  await writeFile(path.join(folder, 'pronounce.mora.json'), JSON.stringify(configuration));
  const lora = { ...configuration, adapter: { method: 'lora', rank: 8 } };
  await writeFile(path.join(folder, 'lora.mora.json'), JSON.stringify(lora));
  train('pronounce', '20260101-000000-pronounce');
  train('lora', '20260101-000100-lora');
  const checkpoints = path.join(folder, '.mora/runs/20260101-000000-pronounce/checkpoints');
  for (const [step, to] of Object.entries({ 'step-0000002': 'earlier', 'step-0000004': 'later' }))
    await cp(path.join(checkpoints, step), path.join(folder, to), { recursive: true });
  mora('merge', path.join(checkpoints, 'step-0000004'), '--out', path.join(folder, 'tuned'));
  editor = await openEditor({
    folder,
    extensionDir: EXTENSION,
    browser: { viewport: { width: 1500, height: 1000 } },
  });
});

after(async () => {
  await editor?.close();
  await rm(folder, { recursive: true, force: true });
});

/** @param {string} configuration @param {string} run the name of its folder */
function train(configuration, run) {
  const file = path.join(folder, `${configuration}.mora.json`);
  mora('train', file, '--run-dir', path.join(folder, '.mora/runs', run));
}

/**
 * Nothing serious in any theme: all rules in the first, those of colours in the others.
 *
 * @param {Parameters<typeof panelOf>[1]} element
 */
async function assertSound(element) {
  const { workbench } = editor;
  /** @type {string[]} */
  const findings = [];
  for (const [index, theme] of NAMES.entries()) {
    await workbench.setTheme(theme);
    const view = await panelOf(workbench, element);
    await view.locator(`body.${THEMES[theme].webviewClass}`).waitFor({ state: 'attached' });
    const found = await graveFindings(view, index > 0 ? COLOURS : undefined);
    findings.push(...found.map((finding) => `${theme}: ${finding}`));
  }
  if (findings.length > 0) throw new Error(findings.join('\n'));
}

/** @param {string} name */
const run = (name = 'pronounce') => editor.workbench.treeRows('Runs').filter({ hasText: name }).first();

/** Both runs are selected, and the command takes them. @param {string} label of the row's menu */
async function withBothRuns(label) {
  await run().click();
  await run('lora').click({ modifiers: ['Control'] });
  await chooseInMenu(editor.workbench, run('lora'), label);
}

/** Of rows that are selected together, the menu of one is that of all. @param {string} label of the row's menu */
async function withOneRun(label) {
  await run().click();
  // It takes the focus once it has loaded, and would close the menu.
  await panelOf(editor.workbench, 'mora-run-panel', 'pronounce');
  await chooseInMenu(editor.workbench, run(), label);
}

journey('the form', async () => {
  const { workbench } = editor;
  await workbench.openFile('pronounce.mora.json');
  const form = await panelOf(workbench, 'mora-form');
  await form.getByRole('gridcell', { name: /layer 2 q_proj/i }).waitFor();
  await assertSound('mora-form');
});

journey('the form, with a suggestion', async () => {
  const form = await panelOf(editor.workbench, 'mora-form');
  await form.getByRole('button', { name: /^Suggest/ }).click();
  await form.locator('.proposal .use').waitFor({ timeout: 90_000 });
  await assertSound('mora-form');
});

journey('the run panel, with samples', async () => {
  const { workbench } = editor;
  await workbench.openActivity('MoRA');
  await run().click();
  await untilMirrored(editor.workbench, 'mora-run-panel', 'points', (points) => Number(points) >= 4);
  const panel = await panelOf(workbench, 'mora-run-panel');
  await panel.locator('#samples section.prompt').first().waitFor();
  await assertSound('mora-run-panel');
  await panel.getByRole('radiogroup', { name: 'Samples by' }).getByRole('radio').nth(1).click();
  await panel.locator('#samples .history').waitFor();
  await assertSound('mora-run-panel');
});

journey('the run panel, with its figures as a table', async () => {
  const panel = await panelOf(editor.workbench, 'mora-run-panel');
  await panel.locator('[data-toggle="table"]').click();
  await panel.locator('[data-tables] table').first().waitFor();
  await assertSound('mora-run-panel');
  await panel.locator('[data-toggle="table"]').click();
});

journey('the run panel, with two runs compared', async () => {
  await withBothRuns('Compare Runs');
  await untilMirrored(editor.workbench, 'mora-run-panel', 'runs', (count) => Number(count) === 2);
  const panel = await panelOf(editor.workbench, 'mora-run-panel');
  await panel.getByRole('rowheader', { name: 'adapter.method' }).waitFor();
  await assertSound('mora-run-panel');
});

journey('the rank view, with a spectrum open', async () => {
  const { workbench } = editor;
  await withOneRun('Open Rank View');
  await untilMirrored(editor.workbench, 'mora-rank-view', 'cells', (cells) => Number(cells) === 42);
  const rank = await panelOf(workbench, 'mora-rank-view');
  await rank.locator('[data-cell="2 up_proj"]').click();
  await untilMirrored(editor.workbench, 'mora-rank-view', 'singularValues', (count) => Number(count) > 8);
  await assertSound('mora-rank-view');
});

journey('the rank view, with every module in a table', async () => {
  const rank = await panelOf(editor.workbench, 'mora-rank-view');
  await rank.locator('[data-toggle="table"]').click();
  await rank.locator('[data-table] table').waitFor();
  await assertSound('mora-rank-view');
  await rank.locator('[data-toggle="table"]').click();
});

journey('the rank view, with two runs side by side', async () => {
  await withBothRuns('Open Rank View');
  const rank = await panelOf(editor.workbench, 'mora-rank-view', 'Stop comparing');
  await rank.locator('[data-side="other"] [role=gridcell]').first().waitFor();
  await assertSound('mora-rank-view');
});

journey('the rank view of the difference of two models, with figures that are still to be computed', async () => {
  const { workbench } = editor;
  await workbench.runCommand('MoRA: Open Rank View');
  await workbench.page.locator('.quick-input-list .monaco-list-row', { hasText: 'Difference of two' }).click();
  for (const [question, model] of Object.entries({ 'The base model': 'base', 'tuned from base': 'tuned' })) {
    await workbench.page.getByPlaceholder(question).waitFor();
    await workbench.quickInput.pick(model);
  }
  const rank = await panelOf(workbench, 'mora-rank-view', 'tuned − base');
  await untilMirrored(editor.workbench, 'mora-rank-view', 'cells', (cells) => Number(cells) === 42);
  await rank.locator('mora-rank-view[data-work=""]').waitFor();
  await rank.locator('[data-measure-select]').selectOption('intruders');
  await rank.locator('[data-action=find-intruders]').waitFor();
  await assertSound('mora-rank-view');
});

journey('the playground, with answers to two prompts', async () => {
  const { workbench } = editor;
  await withOneRun('Open Playground');
  const view = await panelOf(workbench, 'mora-playground');
  await view.getByLabel('Max tokens', { exact: true }).fill('8');
  const prompt = view.locator('#prompt');
  for (const [index, word] of ['roell', 'matrix'].entries()) {
    await prompt.fill(`How is '${word}' pronounced?`);
    await prompt.press('Control+Enter');
    await untilMirrored(editor.workbench, 'mora-playground', 'exchanges', (count) => Number(count) === index + 1);
    await view.locator('mora-playground[data-states="done done"]').waitFor();
  }
  await assertSound('mora-playground');
});

journey('the inspector, with a tensor open', async () => {
  const { workbench } = editor;
  await workbench.openFile('earlier/adapter_model.safetensors');
  const view = await panelOf(workbench, 'mora-inspector');
  await untilMirrored(editor.workbench, 'mora-inspector', 'tensors', (count) => Number(count) > 0);
  await view.locator('[type=search]').fill('layers.1.mlp.down_proj');
  await view.locator('[data-node^="t:"]').first().click();
  await view.locator('[data-values]').waitFor();
  await assertSound('mora-inspector');
});

journey('the comparison of two checkpoints', async () => {
  const { workbench } = editor;
  await workbench.runCommand('MoRA: Compare Checkpoints…');
  await answerFile(workbench, path.join(folder, 'later/adapter_model.safetensors'));
  await untilMirrored(editor.workbench, 'mora-compare', 'differing', (count) => Number(count) > 0);
  await assertSound('mora-compare');
});

const RUNS_WITH_FOCUS = '.sidebar .pane .monaco-list:focus-within';

/** @param {string} key @param {RegExp} row the row that has the focus then */
async function go(key, row) {
  await editor.workbench.page.keyboard.press(key);
  const focused = editor.workbench.page.locator(`${RUNS_WITH_FOCUS} .monaco-list-row.focused`);
  await focused.and(editor.workbench.page.getByRole('treeitem', { name: row })).waitFor();
}

/** A webview that was just opened takes the focus once it has loaded, so the view is asked for until it keeps it. */
const focusRuns = () =>
  eventually('the focus in the runs', async () => {
    await editor.workbench.quickInput.enter('MoRA: Focus on Runs View');
    await sleep(700);
    return (await editor.workbench.page.locator(RUNS_WITH_FOCUS).count()) === 1;
  });

journey('the runs by the keyboard alone: a run, its checkpoints, the menu of a row, the filter', async () => {
  const { page, quickInput } = editor.workbench;
  await editor.workbench.openActivity('MoRA');
  await run().waitFor();
  await focusRuns();
  await go('Home', /^Finished, 2 runs$/);
  await go('ArrowDown', /^lora/);
  await go('ArrowDown', /^pronounce/);
  await page.keyboard.press('Enter');
  await panelOf(editor.workbench, 'mora-run-panel');

  await focusRuns();
  await go('ArrowRight', /^pronounce/);
  await editor.workbench.treeRows('Runs').filter({ hasText: 'Step 2' }).waitFor();
  await go('ArrowDown', /^Checkpoint at step/);
  await page.keyboard.press('Enter');
  await panelOf(editor.workbench, 'mora-rank-view');

  await focusRuns();
  await go('ArrowLeft', /^pronounce/);
  await page.keyboard.press('Shift+F10');
  const chosen = page.locator('.monaco-menu .action-item.focused');
  await eventually('the log in the menu', async () => {
    await page.keyboard.press('ArrowDown');
    return /Open Run Log/.test((await chosen.textContent()) ?? '');
  });
  await page.keyboard.press('Enter');
  await editor.workbench.tab('log.txt').waitFor();

  await editor.workbench.quickInput.enter('MoRA: Filter Runs…');
  await page.getByText('Words in the name').waitFor();
  await page.keyboard.type('pronounce');
  await page.keyboard.press('Enter');
  await quickInput.widget.waitFor({ state: 'hidden' });
  await editor.workbench.screenshot('runs filtered by keyboard');
  await page.locator('.sidebar .pane .message').getByText('Only “pronounce”').waitFor();
  await editor.workbench.quickInput.enter('MoRA: Clear Run Filter');
  await page.locator('.sidebar .pane .message').waitFor({ state: 'hidden' });
});
