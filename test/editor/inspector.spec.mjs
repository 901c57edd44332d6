// @ts-check
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { appendFile, cp, mkdir, mkdtemp, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, before } from 'node:test';
import { fileURLToPath } from 'node:url';
import { mora } from './cli.mjs';
import { openEditor } from './editor.mjs';
import { answerFile } from './fileDialog.mjs';
import { picture } from './gallery.mjs';
import { journey } from './journey.mjs';
import { eventually, mirrored, panelOf } from './panelFrame.mjs';

const EXTENSION = fileURLToPath(new URL('../..', import.meta.url));
const MODEL = path.join(EXTENSION, 'media/model/tiny-llama-3m');

/** @type {string} */
let folder;
/** @type {import('./editor.mjs').Editor} */
let editor;

before(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'mora-studio-inspector-'));
  await cp(MODEL, path.join(folder, 'base'), { recursive: true });
  commitBase();
  await train('adapter');
  await writeSparse(path.join(folder, 'hundred.safetensors'), 100e9);
  // Restricted Mode: looking needs no trust.
  editor = await openEditor({
    folder,
    extensionDir: EXTENSION,
    workspaceTrust: true,
    browser: { viewport: { width: 1500, height: 1000 } },
  });
});

after(async () => {
  await editor?.close();
  await rm(folder, { recursive: true, force: true });
});

/** The model in a repository of its own: an earlier commit of a file is a file that is on no disk. */
function commitBase() {
  const base = path.join(folder, 'base');
  const author = ['-c', 'user.name=A', '-c', 'user.email=a@b.c'];
  for (const parameters of [
    ['init', '-q'],
    ['add', '.'],
    [...author, 'commit', '-q', '-m', 'base'],
  ]) {
    const { status, stderr } = spawnSync('git', parameters, { cwd: base, encoding: 'utf8' });
    assert.equal(status, 0, stderr);
  }
}

/** A short run of MoRA on the embedded model; its checkpoints become folders of their own. @param {string} name */
async function train(name) {
  const file = path.join(folder, `${name}.mora.json`);
  await writeFile(path.join(folder, 'data.txt'), 'the cat sat on the mat and the dog sat on the log.\n'.repeat(64));
  const configuration = {
    model: './base',
    data: { train: './data.txt', maxLength: 32 },
    adapter: { method: 'mora', mode: 'rotation', rank: 8 },
    training: { steps: 4, batchSize: 2, saveEvery: 2, evaluateEvery: 100 },
  };
  await writeFile(file, JSON.stringify(configuration));
  const run = path.join(folder, 'run');
  mora('train', file, '--run-dir', run);
  const folders = Object.entries({ 'step-0000002': 'earlier', 'step-0000004': name });
  for (const [step, to] of folders)
    await cp(path.join(run, 'checkpoints', step), path.join(folder, to), { recursive: true });
}

/** A file of zeros that takes no place on the disk. @param {string} file @param {number} bytes */
async function writeSparse(file, bytes) {
  const rows = Math.floor(bytes / 40 / 4 / 8192);
  const size = rows * 8192 * 4;
  const header = Object.fromEntries(
    Array.from({ length: 40 }, (_, i) => [
      `model.layers.${i}.mlp.up_proj.weight`,
      { dtype: 'F32', shape: [rows, 8192], data_offsets: [i * size, (i + 1) * size] },
    ]),
  );
  const json = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  await writeFile(file, Buffer.concat([length, json]));
  await truncate(file, 8 + json.length + 40 * size);
}

/** @param {string | RegExp} text that tells it from the inspector of the file before */
const inspector = (text) => panelOf(editor.workbench, 'mora-inspector', text);

/** Finds a tensor by the filter and selects it. @param {import('playwright-core').FrameLocator} frame @param {string} name */
async function select(frame, name) {
  await frame.locator('[type=search]').fill(name);
  await frame.locator(`[data-node="t:${name}"]`).click();
  await frame.locator('[type=search]').fill('');
}

journey('a model opens at once, in Restricted Mode, and its tree goes by the keyboard', async () => {
  const { workbench } = editor;
  await workbench.openFile('base/model.safetensors');
  const view = await inspector('model.safetensors');
  await eventually('the listing', async () => Number(await mirrored(view, 'mora-inspector', 'tensors')) === 56);
  const grid = view.getByRole('treegrid', { name: 'Tensors' });
  await grid.focus();
  for (const key of ['Home', 'ArrowDown', 'ArrowDown']) await workbench.page.keyboard.press(key);
  await eventually('the selected tensor', async () =>
    /embed_tokens/.test(await mirrored(view, 'mora-inspector', 'selected')),
  );
  await eventually('its statistics', async () => (await mirrored(view, 'mora-inspector', 'statistics')) === 'known');
  await view.locator('[data-values]').waitFor();
  await workbench.page.keyboard.type('lay');
  await eventually('the group that was typed', async () =>
    /layers$/.test(await mirrored(view, 'mora-inspector', 'selected')),
  );
  await picture(editor.workbench, {
    place: 'Checkpoint inspector',
    name: 'inspector model',
    alt: 'A model file as a tree of tensors, with statistics, histogram and values of the one selected.',
  });
});

journey('an adapter is paired and named, and its values come with statistics and histogram', async () => {
  const { workbench } = editor;
  await workbench.openFile('adapter/adapter_model.safetensors');
  const view = await inspector('MoRA adapter');
  await view.getByText('type 6 · rotation').waitFor();
  console.log(`listed 1.2 MB in ${Number(await mirrored(view, 'mora-inspector', 'milliseconds')).toFixed(1)} ms`);
  await select(view, 'base_model.model.model.layers.1.mlp.down_proj.lora_B.weight');
  await eventually('its statistics', async () => (await mirrored(view, 'mora-inspector', 'statistics')) === 'known');
  await view.locator('[data-values]').waitFor();
  // Exports write files: not offered without trust.
  assert.equal(await view.locator('[data-action=merge]').count(), 0);
  assert.equal(await view.locator('[data-action=openRank]').count(), 1);
  await picture(editor.workbench, {
    place: 'Checkpoint inspector',
    name: 'inspector adapter',
    alt: 'A MoRA adapter, its tensors paired and named as what they are.',
  });
});

journey('the view is as it was after a reload of the window', async () => {
  await editor.workbench.reload();
  const view = await inspector('MoRA adapter');
  await eventually('the selected tensor', async () =>
    /layers\.1\.mlp\.down_proj\.lora_B/.test(await mirrored(view, 'mora-inspector', 'selected')),
  );
});

journey('a file of 100 GB opens as fast as any, and is sampled and read with a way to stop', async () => {
  const { workbench } = editor;
  await workbench.openFile('hundred.safetensors');
  const view = await inspector('hundred.safetensors');
  await eventually('the listing', async () => Number(await mirrored(view, 'mora-inspector', 'tensors')) === 40);
  const milliseconds = Number(await mirrored(view, 'mora-inspector', 'milliseconds'));
  console.log(`listed 100 GB in ${milliseconds.toFixed(1)} ms`);
  assert.ok(milliseconds < 5000, `${milliseconds} ms`);
  await select(view, 'model.layers.3.mlp.up_proj.weight');
  await view.getByRole('button', { name: 'Read all of it' }).click();
  await view.locator('[role=progressbar]').waitFor();
  await view.locator('[data-action=cancel]').click();
  await view.getByRole('button', { name: 'Compute from a sample' }).click();
  await view.getByText(/Of a sample: 16,777,216 of/).waitFor();
  await picture(workbench, {
    place: 'Checkpoint inspector',
    name: 'inspector sample',
    alt: 'A file of 100 GB: what a sample of a tensor says, and a way to read all of it.',
  });
});

journey('a file that changes or vanishes while it is open is said, and can be reloaded', async () => {
  const { workbench } = editor;
  const file = path.join(folder, 'passing.safetensors');
  await cp(path.join(folder, 'earlier/adapter_model.safetensors'), file);
  await workbench.openFile('passing.safetensors');
  const view = await inspector('passing.safetensors');
  await eventually('the listing', async () => Number(await mirrored(view, 'mora-inspector', 'tensors')) > 0);
  const tensors = await mirrored(view, 'mora-inspector', 'tensors');
  await rename(file, `${file}.away`);
  await view.locator('[data-file=gone]').waitFor();
  assert.equal(await mirrored(view, 'mora-inspector', 'tensors'), tensors);
  await cp(path.join(folder, 'base/model.safetensors'), file);
  await view.locator('[data-file=changed]').waitFor();
  await view.locator('[data-action=reload]').click();
  await eventually('the new listing', async () => Number(await mirrored(view, 'mora-inspector', 'tensors')) === 56);
  await appendFile(file, 'x');
  await view.locator('[data-file=changed]').waitFor();
  await view.locator('[data-action=reload]').click();
  await view.getByText(/belong to none/).waitFor();
  assert.equal(await mirrored(view, 'mora-inspector', 'tensors'), '56');
});

journey('a damaged file says what is wrong, and opens once it is mended', async () => {
  const { workbench } = editor;
  const whole = await readFile(path.join(folder, 'base/model.safetensors'));
  const file = path.join(folder, 'cut.safetensors');
  await writeFile(file, whole.subarray(0, whole.length >> 1));
  await workbench.openFile('cut.safetensors');
  const view = await inspector('This file cannot be shown');
  await view.getByText(/beyond the file's/).waitFor();
  await picture(workbench, {
    place: 'Checkpoint inspector',
    name: 'inspector damaged',
    alt: 'A damaged file: what is wrong with it, and a way to try again.',
  });
  await writeFile(file, whole);
  await view.getByRole('button', { name: 'Try again' }).click();
  await eventually('the listing', async () => Number(await mirrored(view, 'mora-inspector', 'tensors')) === 56);
});

journey('an index of shards names the shard that is missing', async () => {
  const { workbench } = editor;
  const sharded = path.join(folder, 'sharded');
  await mkdir(sharded);
  await cp(path.join(folder, 'base/model.safetensors'), path.join(sharded, 'model-00001-of-00002.safetensors'));
  await writeFile(
    path.join(sharded, 'model.safetensors.index.json'),
    JSON.stringify({
      metadata: { total_size: 1 },
      weight_map: {
        'model.norm.weight': 'model-00001-of-00002.safetensors',
        'model.layers.9.mlp.up_proj.weight': 'model-00002-of-00002.safetensors',
      },
    }),
  );
  await workbench.openFile('sharded/model.safetensors.index.json');
  await workbench.runCommand('MoRA: Inspect Checkpoint');
  const view = await inspector(/model-00002-of-00002\.safetensors: does not exist/);
  assert.equal(await view.locator('table[data-shards="2"] tbody tr').count(), 2);
  await picture(workbench, {
    place: 'Checkpoint inspector',
    name: 'inspector shards',
    alt: 'An index of shards, of which one is missing: warnings, and the shards in a table.',
  });
});

journey('two checkpoints of a run are compared tensor by tensor', async () => {
  const { workbench } = editor;
  await workbench.openFile('earlier/adapter_model.safetensors');
  await workbench.runCommand('MoRA: Compare Checkpoints…');
  await answerFile(workbench, path.join(folder, 'adapter/adapter_model.safetensors'));
  const view = await panelOf(workbench, 'mora-compare');
  await eventually('the comparison', async () => Number(await mirrored(view, 'mora-compare', 'differing')) > 0);
  assert.equal(await mirrored(view, 'mora-compare', 'onlyLeft'), '0');
  await picture(editor.workbench, {
    place: 'Checkpoint inspector',
    name: 'compare',
    alt: 'Two checkpoints compared tensor by tensor.',
  });
});

journey('with trust an adapter is exported to a LoRA, into a new folder only', async () => {
  const { workbench } = editor;
  await workbench.trustFolder();
  await workbench.openFile('adapter/adapter_model.safetensors');
  const view = await inspector('MoRA adapter');
  await view.locator('[data-action=exportPeft]').click();
  await answerFile(workbench, path.join(folder, 'as-lora'));
  await workbench.notification(/Wrote .*as-lora/).waitFor({ timeout: 90_000 });
  const config = JSON.parse(await readFile(path.join(folder, 'as-lora/adapter_config.json'), 'utf8'));
  assert.equal(config.peft_type, 'LORA');
  await workbench
    .notification(/Wrote .*as-lora/)
    .getByRole('button', { name: 'Inspect' })
    .click();
  await inspector('LoRA adapter');
});

journey('an adapter_config.json opens as the adapter that it belongs to, and Rank leads to its rank', async () => {
  const { workbench } = editor;
  await workbench.openFileWith('adapter/adapter_config.json', 'MoRA Checkpoint Inspector');
  const view = await inspector('MoRA adapter');
  await view.getByRole('heading', { name: 'adapter_config.json' }).waitFor();
  await eventually('the listing', async () => Number(await mirrored(view, 'mora-inspector', 'tensors')) === 84);
  await select(view, 'base_model.model.model.layers.1.mlp.down_proj.lora_B.weight');
  await eventually('its statistics', async () => (await mirrored(view, 'mora-inspector', 'statistics')) === 'known');
  await view.locator('[data-action=openRank]').click();
  const rank = await panelOf(workbench, 'mora-rank-view');
  await rank.getByRole('heading', { name: 'adapter', exact: true }).waitFor();
  await eventually('its map', async () => Number(await mirrored(rank, 'mora-rank-view', 'cells')) === 42);
});

journey('Talk to It leads to a playground of the adapter beside its base', async () => {
  const { workbench } = editor;
  await workbench.openFileWith('adapter/adapter_config.json', 'MoRA Checkpoint Inspector');
  const view = await inspector('MoRA adapter');
  await view.locator('[data-action=talk]').click();
  const playground = await panelOf(workbench, 'mora-playground');
  await playground.getByRole('button', { name: 'base base model: choose who answers here' }).waitFor();
  await playground.getByRole('button', { name: 'adapter adapter: choose who answers here' }).waitFor();
});

journey('Merge leads to a model in a new folder, with the tensors of the base and other values', async () => {
  const { workbench } = editor;
  await workbench.openFile('adapter/adapter_model.safetensors');
  const view = await inspector('MoRA adapter');
  await view.locator('[data-action=merge]').click();
  const merged = path.join(folder, 'merged');
  await answerFile(workbench, merged);
  const notice = workbench.notification(/Wrote .*merged/);
  await notice.waitFor({ timeout: 90_000 });
  const [base, written] = await Promise.all([path.join(folder, 'base'), merged].map(tensorsOf));
  assert.deepEqual([...(written?.keys() ?? [])].sort(), [...(base?.keys() ?? [])].sort());
  const changed = [...(base ?? [])].filter(([name, bytes]) => !bytes.equals(written?.get(name) ?? Buffer.of()));
  assert.equal(changed.length, 42, 'every module of every layer, and nothing else');
  await notice.getByRole('button', { name: 'Inspect' }).click();
  await inspector('Safetensors file');
  await workbench.tab('model.safetensors').and(workbench.page.locator('.active')).waitFor();
});

/** The bytes of each tensor of a model, by the format's own description. @param {string} model */
async function tensorsOf(model) {
  const bytes = await readFile(path.join(model, 'model.safetensors'));
  const start = 8 + Number(bytes.readBigUInt64LE());
  /** @type {Record<string, { data_offsets?: [number, number] }>} */
  const header = JSON.parse(bytes.toString('utf8', 8, start));
  return new Map(
    Object.entries(header).flatMap(([name, { data_offsets: place }]) =>
      place === undefined ? [] : [[name, bytes.subarray(start + place[0], start + place[1])]],
    ),
  );
}

journey('a file that is on no disk, an earlier commit, is read whole, and says so', async () => {
  const { workbench } = editor;
  const file = path.join(folder, 'base/model.safetensors');
  const bytes = await readFile(file);
  const at = bytes.indexOf('"pt"');
  assert.ok(at > 0);
  bytes.write('np', at + 1);
  await writeFile(file, bytes);
  await workbench.openActivity('Source Control');
  const row = workbench.page.locator('.scm-view .monaco-list-row', { hasText: 'model.safetensors' });
  await row.click();
  await workbench.webview(1);
  const earlier = await inspector(/"git" gives files only whole, so 6\.01 MiB were read to open it/);
  await earlier.locator('[data-metadata]').getByText('pt').waitFor();
  await picture(workbench, {
    place: 'Checkpoint inspector',
    name: 'inspector commit',
    alt: 'A file beside its earlier commit.',
  });
});
