import { createHash } from 'node:crypto';
import { gguf, GGMLQuantizationType } from '@huggingface/gguf';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { architectureOf } from '../../../../src/engine/export/gguf/architecture';
import { changed } from '../../../../src/engine/export/gguf/tensorChange';
import { tensorPlan } from '../../../../src/engine/export/gguf/tensorPlan';
import { writeGguf } from '../../../../src/engine/export/gguf/writeGguf';
import { modelMetadata, underArchitecture } from '../../../../src/engine/export/gguf/modelMetadata';
import { rotaryMetadata } from '../../../../src/engine/export/gguf/rotaryMetadata';
import { readDecoderConfig } from '../../../../src/engine/models/family';
import { openModelFolder } from '../../../../src/engine/weights/modelFolder';
import { temporaryFolder } from '../../weights/bytes';
import { FIXTURES, oracleFolder } from './families';

interface Reference {
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly tensors: Readonly<Record<string, readonly [type: string, sizes: number[], sha256: string]>>;
}

const REFERENCE = JSON.parse(await readFile(join(FIXTURES, 'gguf/reference.json'), 'utf8')) as Record<
  string,
  Reference
>;

/** Writes what would be exported, also of a model that is refused because llama.cpp computes it otherwise. */
async function writeFamily(family: string): Promise<string> {
  const folder = oracleFolder(family);
  const config = await readDecoderConfig(folder);
  const architecture = architectureOf(config.family)!;
  const kinds = config.layerKinds.filter(({ rotary }) => rotary !== undefined);
  const full = (kinds.find(({ window }) => window === undefined) ?? kinds[0])!.rotary!;
  const sliding = architecture.name === 'gemma3' ? kinds.find(({ window }) => window !== undefined)?.rotary : undefined;
  const weights = await openModelFolder(folder);
  const file = join(await temporaryFolder(), 'model.gguf');
  const metadata = new Map([
    ...modelMetadata(config, architecture, 'a model', 'F16'),
    ...underArchitecture(architecture, rotaryMetadata({ full, sliding }).metadata),
  ]);
  const tensors = tensorPlan(config, architecture, 'F16').map(({ name, shape, type, change, source }) => ({
    name,
    shape,
    type,
    read: async () => changed(change, await weights.readFloat32(source), shape[0]!),
  }));
  await writeGguf(file, metadata, tensors);
  await weights.close();
  return file;
}

/** Keys that llama.cpp's conversion leaves to defaults for some families, which are what we write. */
const DEFAULTED =
  /\.(vocab_size|attention\.(key|value)_length|rope\.(dimension_count|freq_base)|attention\.sliding_window_pattern)$/;

describe.each(Object.keys(REFERENCE))("%s is written as llama.cpp's own conversion writes it", (family) => {
  const reference = REFERENCE[family]!;

  it('tensor by tensor, to the bit', async () => {
    const file = await writeFamily(family);
    const { tensorInfos, tensorDataOffset } = await gguf(file, { allowLocalFile: true });
    const bytes = await readFile(file);
    const found = tensorInfos.map(({ name, shape, dtype, offset }) => {
      const sizes = shape.map(Number);
      const type = GGMLQuantizationType[dtype];
      const length = sizes.reduce((a, b) => a * b, type === 'F16' ? 2 : 4);
      const at = Number(tensorDataOffset + offset);
      const sha256 = createHash('sha256')
        .update(bytes.subarray(at, at + length))
        .digest('hex');
      return [name, [type, sizes, sha256.slice(0, 16)]] as const;
    });
    expect(Object.fromEntries(found)).toEqual(reference.tensors);
  });

  it('key by key', async () => {
    const { metadata } = await gguf(await writeFamily(family), { allowLocalFile: true });
    const {
      version: _,
      tensor_count: __,
      kv_count: ___,
      'general.name': ____,
      ...found
    } = metadata as Record<string, unknown>;
    const expected: Record<string, unknown> = { ...reference.metadata };
    // Of use with other scaling only, of which this model has none.
    delete expected['phi3.rope.scaling.original_context_length'];
    expect(found).toMatchObject(expected);
    const more = Object.keys(found).filter((key) => !(key in expected));
    expect(more.filter((key) => !DEFAULTED.test(key))).toEqual([]);
  });
});
