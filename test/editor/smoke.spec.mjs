// @ts-check
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, before } from 'node:test';
import { writeEchoExtension } from './echoExtension.mjs';
import { openEditor } from './editor.mjs';
import { journey } from './journey.mjs';

/** @type {string} */
let home;
/** @type {import('./editor.mjs').Editor} */
let editor;

before(async () => {
  home = await mkdtemp(path.join(os.tmpdir(), 'mora-studio-smoke-'));
  const folder = path.join(home, 'workspace');
  const extensionDir = path.join(home, 'extension');
  await mkdir(folder);
  await writeFile(path.join(folder, 'note.echo'), 'from the file\n');
  await writeEchoExtension(extensionDir);
  editor = await openEditor({ folder, extensionDir });
});

after(async () => {
  await editor?.close();
  await rm(home, { recursive: true, force: true });
});

journey('a command from the palette opens a panel that talks with its extension', async () => {
  const { workbench } = editor;
  await workbench.runCommand('Echo: Open Panel');
  const panel = await workbench.webview('Echo Panel');
  await panel.getByRole('heading', { name: 'first opened' }).waitFor();
  await panel.getByLabel('Word').fill('mora');
  await panel.getByRole('button', { name: 'Say' }).click();
  await panel.getByText('host heard mora').waitFor();
  await workbench.notification('Echo panel opened').waitFor();
  assert.match(await workbench.statusBarText(), /Echo ready/);
});

journey('a panel follows the colour theme', async () => {
  const { workbench } = editor;
  const panel = await workbench.webview('Echo Panel');
  const expected = /** @type {const} */ ([
    ['light', 'vscode-light', 'rgb(255, 255, 255)'],
    ['high-contrast', 'vscode-high-contrast', 'rgb(0, 0, 0)'],
    ['dark', 'vscode-dark', 'rgb(31, 31, 31)'],
  ]);
  for (const [theme, className, background] of expected) {
    await workbench.setTheme(theme);
    const body = panel.locator(`body.${className}`);
    assert.equal(await body.evaluate((element) => getComputedStyle(element).backgroundColor), background);
    await workbench.screenshot(`smoke ${theme}`);
  }
});

journey('a tree and a custom editor show what the extension gives them', async () => {
  const { workbench } = editor;
  await workbench.openActivity('Echo');
  await workbench.treeRows('Words').getByText('beta').waitFor();
  await workbench.openFileWith('note.echo', 'Echo Editor');
  const note = await workbench.webview('note.echo');
  await note.getByRole('heading', { name: 'from the file' }).waitFor();
  await workbench.screenshot('smoke custom editor');
});

journey('a panel comes back with its state after a reload of the window', async () => {
  const { workbench } = editor;
  await workbench.tab('Echo Panel').click();
  await workbench.reload();
  const panel = await workbench.webview('Echo Panel');
  await panel.getByRole('heading', { name: 'restored' }).waitFor();
  assert.equal(await panel.getByLabel('Word').inputValue(), 'mora');
});
