// @ts-check
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, before } from 'node:test';
import { fileURLToPath } from 'node:url';
import { openEditor } from './editor.mjs';
import { picture } from './gallery.mjs';
import { journey } from './journey.mjs';

const EXTENSION = fileURLToPath(new URL('../..', import.meta.url));

/** @type {string} */
let folder;
/** @type {import('./editor.mjs').Editor} */
let editor;

before(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'mora-studio-doctor-'));
  await writeFile(path.join(folder, 'note.txt'), '');
  // Restricted Mode: what does not work there must be found out there.
  editor = await openEditor({ folder, extensionDir: EXTENSION, workspaceTrust: true });
});

after(async () => {
  await editor?.close();
  await rm(folder, { recursive: true, force: true });
});

journey('the doctor opens a report that cannot be edited, with the machine, the runtimes and the log', async () => {
  const { workbench } = editor;
  await workbench.runCommand('MoRA: Doctor');
  await workbench.tab('MoRA Doctor.md').waitFor();
  const lines = workbench.page.locator('.editor-instance .view-lines');
  for (const text of ['MoRA Studio: ', 'Engine runs on: Node.js v', 'GFLOP/s', 'ONNX Runtime, CPU: used']) {
    await lines.getByText(text, { exact: false }).first().waitFor();
  }
  await picture(editor.workbench, {
    place: 'Doctor',
    name: 'doctor',
    alt: 'The report of the doctor: what is installed, found and missing.',
  });
  await workbench.page.keyboard.press('Control+End');
  await lines.getByText('The engine runs on Node.js', { exact: false }).first().waitFor();
  await workbench.page.keyboard.type('x');
  await workbench.page.getByText('Cannot edit in read-only editor').first().waitFor();
  assert.ok(!(await lines.innerText()).includes(folder), 'the folder of the workspace is hidden');
});
