import { existsSync } from 'node:fs';
import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, expect, it, vi } from 'vitest';
import { UserError } from '../../../src/config/userError';
import type { ExportFormat, ExportTask } from '../../../src/engine/export/exportFormat';
import { exportAdapter } from '../../../src/engine/export/exportAdapter';
import { mergedFormat } from '../../../src/engine/export/formats/merged';
import { peftFormat } from '../../../src/engine/export/formats/peft';
import { openSafetensors } from '../../../src/engine/weights/safetensors';
import { temporaryFolder } from '../checkpoint/adapters';
import { oracleAdapter } from './source';

let format: ExportFormat;
vi.mock('../../../src/engine/export/formats/formats', () => ({ formatNamed: () => format }));

/** A format that spoils what it wrote before anybody reads it back. */
function spoiled(good: ExportFormat, spoil: (task: ExportTask) => Promise<void>): ExportFormat {
  return {
    ...good,
    write: async (task) => {
      const written = await good.write(task);
      await spoil(task);
      return written;
    },
  };
}

/** Overwrites four bytes of a tensor. */
async function overwrite(file: string, tensor: string, value: number): Promise<void> {
  const opened = await openSafetensors(file);
  const { start } = opened.entry(tensor);
  await opened.close();
  const handle = await open(file, 'r+');
  const bytes = Buffer.alloc(4);
  bytes.writeFloatLE(value);
  await handle.write(bytes, 0, 4, start);
  await handle.close();
}

async function failed(): Promise<{ message: string; folder: string }> {
  const folder = await temporaryFolder();
  const params = {
    adapter: await oracleAdapter('llama', 'mora1'),
    out: join(folder, 'out'),
    format: 'merged',
  } as const;
  const error: unknown = await exportAdapter(params, () => undefined, new AbortController().signal).catch(
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(UserError);
  return { message: (error as UserError).message, folder };
}

beforeEach(() => {
  format = mergedFormat;
});

const NAME = 'model.layers.1.mlp.up_proj.weight';

it('a merged model with one wrong weight, however little, is not called done, and stays under another name', async () => {
  const opened = await openSafetensors(join(import.meta.dirname, '../../fixtures/oracle/llama/model.safetensors'));
  const [first] = await opened.readFloat32(NAME);
  await opened.close();
  format = spoiled(mergedFormat, ({ folder }) => overwrite(join(folder, 'model.safetensors'), NAME, first! + 1e-6));
  const { message, folder } = await failed();
  expect(message).toMatch(
    /tensor "model\.layers\.1\.mlp\.up_proj\.weight" is .* at entry 0, not .* within one rounding/,
  );
  expect(existsSync(join(folder, 'out'))).toBe(false);
  expect(await readdir(join(folder, 'out.partial'))).toContain('model.safetensors');
});

it('so is one in which a weight changed that the adapter does not touch', async () => {
  const norm = 'model.norm.weight';
  format = spoiled(mergedFormat, ({ folder }) => overwrite(join(folder, 'model.safetensors'), norm, 1));
  expect((await failed()).message).toMatch(/tensor "model\.norm\.weight" is not as in the base/);
});

it('an adapter whose logits are not those of base plus adapter is not called done, and says by how much', async () => {
  const tensor = 'base_model.model.model.layers.0.self_attn.v_proj.lora_B.weight';
  format = spoiled(peftFormat, ({ folder }) => overwrite(join(folder, 'adapter_model.safetensors'), tensor, 1));
  const { message, folder } = await failed();
  expect(message).toMatch(
    /out\.partial: was written, but its logits are up to \d\S* from those of base plus adapter, where at most \d\S* was due/,
  );
  expect(existsSync(join(folder, 'out'))).toBe(false);
  expect(existsSync(join(folder, 'out.partial'))).toBe(true);
});

it('logits that are not numbers never agree, even where nothing is bounded', async () => {
  const tensor = 'base_model.model.model.layers.0.self_attn.v_proj.lora_B.weight';
  const unbounded: ExportFormat = {
    ...peftFormat,
    write: async (task) => ({ ...(await peftFormat.write(task)), tolerance: null }),
  };
  format = spoiled(unbounded, ({ folder }) => overwrite(join(folder, 'adapter_model.safetensors'), tensor, 3e38));
  expect((await failed()).message).toMatch(/its logits are up to NaN from .*, where a finite number was due/);
});

it('an option that means nothing to the format is refused, not passed over', async () => {
  const params = { adapter: 'a', out: 'b', format: 'merged', rank: 4 } as const;
  const refused = exportAdapter(params, () => undefined, new AbortController().signal);
  await expect(refused).rejects.toThrow(/^--rank means nothing to --format merged; leave it out\.$/);
});

it('what could not be written is taken away', async () => {
  format = { ...mergedFormat, write: () => Promise.reject(new UserError('The disk is full; free some.')) };
  const { message, folder } = await failed();
  expect(message).toBe('The disk is full; free some.');
  expect(await readdir(folder)).toEqual([]);
});
