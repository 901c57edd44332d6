// @ts-check
// The playground in every theme, with an engine that only plays one, into test/output/webview:
//   node test/webview/playground.mjs [NAME …]
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openPanel, preparePanels } from './panelPage.mjs';

const output = path.resolve(import.meta.dirname, '../output/webview');
const wanted = process.argv.slice(2);
const THEMES = /** @type {const} */ (['dark', 'light', 'high-contrast']);

await mkdir(output, { recursive: true });
const panels = await preparePanels(['playground']);
const { PlaygroundSession } = await panels.load('playgroundSession');
const { PlaygroundMemory } = await panels.load('playgroundMemory');

const BASE = {
  name: 'tiny-llama-3m',
  detail: 'base model',
  model: '/models/tiny-llama-3m',
  adapter: null,
  template: null,
};
const ADAPTER = { ...BASE, name: 'pronounce-mora', detail: 'step 200', adapter: '/runs/a/checkpoints/step-0000200' };
const LORA = { ...BASE, name: 'pronounce-lora', detail: 'step 200', adapter: '/runs/b/checkpoints/step-0000200' };

/** @typedef {{ theme: 'dark' | 'light' | 'high-contrast', width?: number, height?: number, state?: unknown, forcedColors?: 'active', participants?: unknown[], engine?: Record<string, unknown> }} Look */
/** @typedef {(text: string) => void} OnText */

/** Answers as the model and its adapter might. @param {any} params @param {OnText} onText @param {AbortSignal} signal */
async function generate(params, onText, signal) {
  const isChat = typeof params.prompt !== 'string';
  const text =
    params.adapter === undefined
      ? isChat
        ? 'It is said like it is written, I think. The word is a word of the words that are said in the '
        : 'Pronounce: the same as the other one\nPronounce: and so on\nPronounce: the same'
      : isChat
        ? 'AH0 B EY1 T M AH0 N T S'
        : 'JH AH0 M EY1 K AH0';
  for (const word of text.split(/(?<=\s)/)) {
    await sleep(15, undefined, { signal });
    onText(word);
    if (params.maxTokens === 7 && text.indexOf(word) > 30) await sleep(60_000, undefined, { signal });
  }
  const tokens = Math.ceil(text.length / 3);
  const reason = params.adapter === undefined ? 'length' : 'end';
  return { text, tokens, promptTokens: 9, reason, seconds: { prompt: 0.01, generation: tokens / 118 }, warnings: [] };
}

const engine = { generate, prompting: async () => ({ folder: '', context: 512, chat: true }) };

/** @param {string} name @param {Look} look @param {(page: import('playwright-core').Page) => Promise<void>} act */
async function picture(name, { participants = [BASE, ADAPTER], engine: other, ...look }, act) {
  if (wanted.length > 0 && !wanted.some((part) => name.includes(part))) return;
  const kept = new Map();
  const memory = new PlaygroundMemory({
    get: (/** @type {string} */ key) => kept.get(key),
    update: async (/** @type {string} */ key, /** @type {unknown} */ value) => void kept.set(key, value),
  });
  const panel = await openPanel(
    panels,
    { bundle: 'playground', element: 'mora-playground', ...look, scale: 1.5 },
    (post) =>
      new PlaygroundSession('/runs/a', {
        memory,
        post,
        engine: async () => ({ ...engine, ...other }),
        participants: async () => participants,
        choose: async () => LORA,
        chooseBase: async () => undefined,
        choosePrompt: async () => undefined,
        copy: () => undefined,
        describe: () => undefined,
        reportError: (/** @type {unknown} */ error) => console.error(error),
      }),
  );
  try {
    await panel.page.waitForSelector('mora-playground[data-participants]', { timeout: 10_000, state: 'attached' });
    await panel.page.waitForTimeout(300);
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

/** @param {string} text */
const ask = (text) => async (/** @type {import('playwright-core').Page} */ page) => {
  await page.locator('#prompt').fill(text);
  const before = await page.locator('article').count();
  await page.keyboard.press('Control+Enter');
  await page.locator('article').nth(before).waitFor();
};
/** @param {import('playwright-core').Page} page */
const ended = (page) => page.locator('mora-playground[data-running=false]').waitFor({ state: 'attached' });
/** @param {import('playwright-core').Page} page */
const text = (page) => page.getByRole('radio', { name: 'Text' }).click();

for (const theme of THEMES) {
  await picture(`playground-${theme}`, { theme }, async (page) => {
    await text(page);
    for (const word of ['jamaica', 'salvia']) {
      await ask(`Pronounce: ${word}\n`)(page);
      await ended(page);
    }
  });
}
await picture('playground-chat-light', { theme: 'light' }, async (page) => {
  await page.getByLabel('System message').fill('You give ARPAbet pronunciations.');
  await ask("How is 'abatements' pronounced?")(page);
  await ended(page);
  await ask('And slowly?')(page);
  await ended(page);
});
await picture('playground-running-dark', { theme: 'dark' }, async (page) => {
  await text(page);
  await page.getByLabel('Max tokens').fill('7');
  await ask('Pronounce: jamaica\n')(page);
  await page.waitForTimeout(700);
});
await picture('playground-empty-dark', { theme: 'dark' }, async () => undefined);
const failing = {
  generate: async () => {
    throw new Error('The engine ended unexpectedly (exit code 7):\nlog');
  },
};
await picture('playground-failed-dark', { theme: 'dark', engine: failing }, async (page) => {
  await text(page);
  await page.getByLabel('Temperature', { exact: true }).fill('hot');
  await page.getByLabel('Temperature', { exact: true }).fill('0.7');
  await ask('Pronounce: jamaica\n')(page);
  await ended(page);
});
const lost = [{ ...ADAPTER, model: null }];
await picture('playground-baseless-light', { theme: 'light', participants: lost }, async (page) => {
  await page.getByLabel('Temperature', { exact: true }).fill('hot');
});
await picture('playground-narrow-dark', { theme: 'dark', width: 560, height: 1000 }, async (page) => {
  await text(page);
  await ask('Pronounce: jamaica\n')(page);
  await ended(page);
});
await picture('playground-forced', { theme: 'high-contrast', forcedColors: 'active' }, async (page) => {
  await text(page);
  await page.getByLabel('Max tokens').fill('7');
  await ask('Pronounce: jamaica\n')(page);
  await page.waitForTimeout(700);
});
await panels.close();
