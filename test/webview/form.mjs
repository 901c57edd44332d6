// @ts-check
// The form's view of the data, with the built engine behind it: looks at it in every theme, into test/output/webview, and
// fails where it does not do what it should:  npm run build && node test/webview/form.mjs
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { openPanel, preparePanels } from './panelPage.mjs';

const repository = path.resolve(import.meta.dirname, '../..');
const output = path.resolve(import.meta.dirname, '../output/webview');
const model = path.join(repository, 'media/model/tiny-llama-3m');
const pronounce = path.join(repository, 'examples/data/pronounce.train.jsonl');
const THEMES = /** @type {const} */ (['dark', 'light', 'high-contrast']);

await mkdir(output, { recursive: true });
const folder = await mkdtemp(path.join(os.tmpdir(), 'mora-studio-form-'));
const talk = path.join(folder, 'talk.jsonl');
const long = 'The quick brown fox jumps over the lazy dog. '.repeat(40);
await writeFile(
  talk,
  [
    { messages: turns('Say one.', 'one') },
    { messages: turns('Say nothing.', '') },
    { messages: turns('Tell me more.', long) },
    { text: long },
    { prompt: `${long}${long}`, completion: 'one' },
    { messages: turns('Say two.', 'two') },
  ]
    .map((record) => JSON.stringify(record))
    .join('\n'),
);
const broken = path.join(folder, 'broken.jinja');
await writeFile(
  broken,
  "{{ bos_token }}{{ bos_token }}{% for m in messages %}{{ '<|turn|>' + m.role + '\n' + m.content + '<|im_start|>' }}" +
    "{% endfor %}{% if add_generation_prompt %}{{ '<|turn|>assistant\n' }}{% endif %}",
);

const panels = await preparePanels(['form']);
const { startEngineService } = await panels.load('startEngineService');
const { formContent, documentation, defaultValues } = await panels.load('formContent');
const { examplesParams } = await panels.load('formMessages');
const engine = startEngineService({ node: process.execPath, engine: path.join(repository, 'dist/engine.js') });
/** What the engine was asked for. @type {any[]} */
let looks = [];

/** @param {string} question @param {string} answer */
function turns(question, answer) {
  return [
    { role: 'user', content: question },
    { role: 'assistant', content: answer },
  ];
}

/**
 * @param {object} configuration
 * @param {{ theme?: 'dark' | 'light' | 'high-contrast', language?: string, width?: number, forcedColors?: 'active' }} look
 * @param {(page: import('playwright-core').Page) => Promise<void>} act
 */
async function look(configuration, { theme = 'dark', language = 'en', width = 1100, forcedColors }, act) {
  const file = path.join(folder, 'a.mora.json');
  looks = [];
  const panel = await openPanel(
    panels,
    { bundle: 'form', element: 'mora-form', theme, language, width, height: 900, scale: 1.5, forcedColors },
    (post) => ({
      receive: (/** @type {any} */ message) => void answer(message, configuration, file, post),
      setVisible: () => undefined,
      dispose: () => undefined,
    }),
  );
  try {
    await panel.page.waitForSelector('mora-examples article, mora-examples .error', { timeout: 60_000 });
    await act(panel.page);
    assert.deepEqual(panel.errors, []);
  } finally {
    await panel.close();
  }
}

/** @param {any} message @param {object} configuration @param {string} file @param {(message: unknown) => void} post */
async function answer({ id, name, body }, configuration, file, post) {
  const params = { configuration, file };
  /** @param {unknown} result */
  const result = (result) => post({ mora: 'result', id, body: result });
  switch (name) {
    case 'start': {
      const state = { fileName: 'a.mora.json', content: formContent(JSON.stringify(configuration)), mayTrain: true };
      result({ state, documentation: documentation(), defaults: defaultValues() });
      const news = async (/** @type {string} */ event, /** @type {number} */ examples) => {
        const told = await engine.plan({ ...params, examples }).then(
          (/** @type {unknown} */ plan) => ({ kind: 'plan', plan }),
          (/** @type {Error} */ error) => ({ kind: 'failed', message: error.message }),
        );
        post({ mora: 'event', name: event, body: told });
      };
      await news('plan', 0);
      await news('dataPlan', 1);
      return;
    }
    case 'examples': {
      const { look } = examplesParams.parse(body);
      looks.push(look);
      result(await engine.examples({ ...params, look }));
    }
  }
}

/** @param {import('playwright-core').Page} page @param {string} name */
async function picture(page, name) {
  await page.waitForTimeout(300);
  const file = path.join(output, `${name}.png`);
  await page.locator('mora-examples').screenshot({ path: file });
  console.log(file);
}

const words = { model, data: { train: pronounce, validation: 0.05, maxLength: 64 }, training: { batchSize: 16 } };
const cut = { model, data: { train: talk, validation: 0, maxLength: 128 }, training: { batchSize: 16 } };

for (const theme of THEMES) {
  await look(words, { theme }, async (page) => {
    const view = page.locator('mora-examples');
    await picture(page, `form-examples-${theme}`);
    await view.getByRole('button', { name: 'Next examples' }).click();
    await view.getByText('5 to 8 of', { exact: false }).waitFor();
    // Only what is on screen was asked for.
    assert.deepEqual(looks.map(({ first, count }) => [first, count]), [[0, 4], [4, 4]]); // prettier-ignore
    await view.getByLabel('Go to a line').fill('4000');
    await page.keyboard.press('Enter');
    await view.getByText(/pronounce\.train\.jsonl:4000/).waitFor();
    await view.getByRole('radio', { name: 'Rows as packed' }).click();
    await view.getByText('Row 1:', { exact: false }).first().waitFor();
    await picture(page, `form-rows-${theme}`);
  });
  await look(cut, { theme }, async (page) => {
    const view = page.locator('mora-examples');
    await view.getByRole('button', { name: 'Token ids' }).click();
    await view.getByText('cut at the end').first().waitFor();
    await picture(page, `form-cut-${theme}`);
  });
  await look({ ...cut, data: { ...cut.data, template: broken } }, { theme }, async (page) => {
    const alert = page.locator('mora-examples').getByRole('alert');
    assert.match((await alert.allInnerTexts()).join('\n'), /start token twice/);
    await picture(page, `form-template-${theme}`);
  });
}
await look(words, { theme: 'high-contrast', forcedColors: 'active' }, async (page) => {
  const file = path.join(output, 'form-forced.png');
  await page.screenshot({ path: file, fullPage: true });
  console.log(file);
});
await look(words, { width: 300 }, async (page) => {
  // The whole of a path that its field cuts, and nothing where there is no more to say.
  const hovered = async (/** @type {string} */ label) => {
    const field = page.getByRole('textbox', { name: label, exact: true });
    await field.hover();
    return field.getAttribute('title');
  };
  assert.equal(await hovered('Train on'), pronounce);
  assert.equal(await hovered('Longest example'), '');
});
await look(cut, { theme: 'dark' }, async (page) => {
  const view = page.locator('mora-examples');
  await view.locator('li', { hasText: 'the prompt alone fills' }).getByRole('button').click();
  await view.getByText('talk.jsonl:5', { exact: false }).first().waitFor();
  await picture(page, 'form-left-out-dark');
  await view.getByLabel('Go to a line').fill('99');
  await page.keyboard.press('Enter');
  await view.getByText('There is nothing at talk.jsonl:99', { exact: false }).waitFor();
});
const nothing = path.join(folder, 'nothing.jsonl');
await writeFile(nothing, JSON.stringify({ text: '' }));
await look({ ...cut, data: { train: nothing, validation: 0 } }, { theme: 'light' }, async (page) => {
  assert.match(await page.locator('mora-examples').getByRole('alert').innerText(), /gives nothing to learn/);
  await picture(page, 'form-nothing-light');
});
await look(cut, { theme: 'dark', language: 'de', width: 620 }, (page) => picture(page, 'form-examples-german'));

engine.dispose();
await panels.close();
await rm(folder, { recursive: true, force: true });
