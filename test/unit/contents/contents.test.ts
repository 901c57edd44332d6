import { mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { UserError } from '../../../src/config/userError';
import { contents } from '../../../src/engine/contents/contents';
import { fixture, temporaryFolder, writeFloats, writeSparse, diskBytes } from './files';

const folder = temporaryFolder();
const at = (name: string): string => join(folder, name);

async function messageOf(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(UserError);
  return (error as Error).message;
}

describe('the contents of a checkpoint', () => {
  it('lists dtype, shape, elements and bytes of every tensor, and the metadata', async () => {
    const found = await contents({ path: fixture('left.safetensors') });
    expect(found.metadata).toEqual({ format: 'pt', made: 'for the inspector' });
    expect(found.tensors.find(({ name }) => name === 'BF16')).toEqual({
      name: 'BF16',
      dtype: 'BF16',
      shape: [17, 11],
      parameters: 187,
      bytes: 374,
      file: 0,
    });
    expect(found.totals.tensors).toBe(21);
    const [file] = found.files;
    expect(file?.headerBytes).toBe(8 + Number(readFileSync(fixture('left.safetensors')).readBigUInt64LE(0)));
    expect(found.totals.bytes + (file?.headerBytes ?? 0)).toBe(file?.bytes);
  });

  it('opens a file of 100 GB as fast as one of 1 MB, and reads its header only', async () => {
    const small = at('small.safetensors');
    const large = at('large.safetensors');
    const layers = 100;
    const side = 16_384; // 16,384² · 4 bytes = 1 GiB a tensor
    const tensors = (cols: number) =>
      Array.from({ length: layers }, (_, i) => ({
        name: `model.layers.${i}.mlp.up_proj.weight`,
        dtype: 'F32' as const,
        shape: [side, cols],
      }));
    writeSparse(large, tensors(side), layers * side * side * 4);
    writeSparse(small, tensors(1), layers * side * 4);
    expect(diskBytes(large)).toBeLessThan(1 << 20);
    await contents({ path: small }); // the modules are loaded
    writeSparse(small, tensors(1), layers * side * 4);
    const timed = async (path: string): Promise<number> => {
      const began = performance.now();
      const { totals } = await contents({ path });
      expect(totals.tensors).toBe(layers);
      return performance.now() - began;
    };
    const milliseconds = { small: await timed(small), large: await timed(large) };
    console.log(`opened 6.3 MB in ${milliseconds.small.toFixed(1)} ms, 107 GB in ${milliseconds.large.toFixed(1)} ms`);
    // Reading the values would take minutes; a busy machine may take tens of milliseconds for a header.
    expect(milliseconds.large).toBeLessThan(1000);
    rmSync(large);
  });

  it('reads a file again when it has changed', async () => {
    const file = at('changes.safetensors');
    writeFloats(file, { a: { shape: [2] } });
    const before = await contents({ path: file });
    writeFloats(file, { a: { shape: [2] }, b: { shape: [3] } });
    const after = await contents({ path: file });
    expect(after.tensors.map(({ name }) => name)).toEqual(['a', 'b']);
    expect(after.files[0]?.stamp).not.toBe(before.files[0]?.stamp);
  });

  it.each([
    ['is cut within its header', (file: string) => truncateSync(file, 20), /claims a header of \d+ bytes/],
    ['is cut within its data', (file: string) => truncateSync(file, readFileSync(file).length - 4), /beyond the file/],
    ['has overlapping tensors', overlap, /overlaps the tensor before it/],
    ['is empty', (file: string) => truncateSync(file, 0), /has 0 bytes/],
    ['is gone', (file: string) => rmSync(file), /does not exist/],
  ] as const)('says of a file that %s what, where and how to mend', async (_, spoil, expected) => {
    const file = at('spoilt.safetensors');
    writeFloats(file, { a: { shape: [2] }, b: { shape: [2] } });
    spoil(file);
    const message = await messageOf(contents({ path: file }));
    expect(message).toMatch(expected);
    expect(message).toContain(file);
  });
});

describe('an index of shards', () => {
  const index = (map: Record<string, string>): string => {
    const file = at('model.safetensors.index.json');
    writeFileSync(file, JSON.stringify({ metadata: { total_size: 20 }, weight_map: map }));
    return file;
  };

  it('shows its shards, and says which is missing and which is damaged', async () => {
    writeFloats(at('m-1.safetensors'), { a: { shape: [2] }, more: { shape: [1] } });
    writeFloats(at('m-3.safetensors'), { c: { shape: [2] } });
    truncateSync(at('m-3.safetensors'), 12);
    const found = await contents({
      path: index({ a: 'm-1.safetensors', gone: 'm-1.safetensors', b: 'm-2.safetensors', c: 'm-3.safetensors' }),
    });
    expect(found.kind).toBe('shards');
    expect(found.files.map(({ name, tensors, problem }) => [name, tensors, problem === undefined])).toEqual([
      ['m-1.safetensors', 2, true],
      ['m-2.safetensors', 0, false],
      ['m-3.safetensors', 0, false],
    ]);
    expect(found.tensors.map(({ name }) => name)).toEqual(['a', 'more']);
    expect(found.metadata).toEqual({ total_size: '20' });
    const warnings = found.warnings.join('\n');
    expect(warnings).toMatch(/m-2\.safetensors: does not exist/);
    expect(warnings).toMatch(/m-3\.safetensors: claims a header/);
    expect(warnings).toMatch(/names tensors that are not in their shards: "gone" \(m-1\.safetensors\)/);
    expect(warnings).toMatch(/does not name tensors that the shards hold, so models load without them: "more"/);
  });

  it('is refused when it leads out of its folder, or no shard can be read', async () => {
    expect(await messageOf(contents({ path: index({ a: '../other.safetensors' }) }))).toMatch(/not the name of a/);
    expect(await messageOf(contents({ path: index({ a: 'none.safetensors' }) }))).toMatch(/none.*does not exist/);
  });
});

describe('an adapter', () => {
  const PREFIX = 'base_model.model.model.layers.0.';
  const adapter = (name: string, config: object, tensors: Parameters<typeof writeFloats>[1]): string => {
    mkdirSync(at(name), { recursive: true });
    writeFileSync(join(at(name), 'adapter_config.json'), JSON.stringify(config));
    writeFloats(join(at(name), 'adapter_model.safetensors'), tensors);
    return at(name);
  };

  it('of MoRA is named with its type and mode, and each module with its r̂', async () => {
    const path = adapter(
      'mora',
      { peft_type: 'LORA', use_mora: true, mora_type: 6, r: 8, base_model_name_or_path: 'org/base' },
      {
        [`${PREFIX}self_attn.q_proj.lora_A.weight`]: { shape: [32, 32] },
        [`${PREFIX}self_attn.q_proj.lora_B.weight`]: { shape: [32, 32] },
        'base_model.model.lm_head.weight': { shape: [4, 2] },
      },
    );
    const fromConfig = await contents({ path: join(path, 'adapter_config.json') });
    const fromWeights = await contents({ path: join(path, 'adapter_model.safetensors') });
    expect(fromConfig.kind).toBe('adapter');
    expect(fromConfig.adapter).toEqual({
      method: 'mora',
      moraType: 6,
      mode: 'rotation',
      rank: 8,
      baseModel: 'org/base',
    });
    expect(fromConfig.modules).toEqual([{ group: `${PREFIX}self_attn.q_proj`, method: 'mora', rHat: 32 }]);
    expect(fromConfig.tensors.map(({ role }) => role)).toEqual(['copy', 'M', 'saved']);
    expect({ ...fromWeights, path: '', seconds: 0 }).toEqual({ ...fromConfig, path: '', seconds: 0 });
  });

  it('of LoRA is paired, and a pair that does not fit is said', async () => {
    const path = adapter(
      'lora',
      { peft_type: 'LORA', r: 4, lora_alpha: 16 },
      {
        [`${PREFIX}mlp.up_proj.lora_A.weight`]: { shape: [4, 32] },
        [`${PREFIX}mlp.up_proj.lora_B.weight`]: { shape: [64, 4] },
        [`${PREFIX}mlp.down_proj.lora_A.default.weight`]: { shape: [4, 64] },
        [`${PREFIX}self_attn.o_proj.lora_A.weight`]: { shape: [4, 32] },
        [`${PREFIX}self_attn.o_proj.lora_B.weight`]: { shape: [32, 8] },
      },
    );
    const { modules, tensors } = await contents({ path: join(path, 'adapter_config.json') });
    expect(modules).toEqual([
      { group: `${PREFIX}mlp.up_proj`, method: 'lora', rank: 4 },
      { group: `${PREFIX}mlp.down_proj`, method: 'lora', rank: 4, problem: 'has no lora_B' },
      {
        group: `${PREFIX}self_attn.o_proj`,
        method: 'lora',
        rank: 4,
        problem: 'lora_A and lora_B do not fit each other',
      },
    ]);
    expect(tensors.map(({ role }) => role)).toEqual(['A', 'B', 'A', 'A', 'B']);
  });

  it('without a configuration is told by its shapes', async () => {
    const file = at('alone.safetensors');
    writeFloats(file, {
      'x.lora_A.weight': { shape: [8, 8] },
      'x.lora_B.weight': { shape: [8, 8] },
    });
    expect((await contents({ path: file })).modules).toEqual([{ group: 'x', method: 'mora', rHat: 8 }]);
  });

  it('with a configuration that cannot be read is listed, with the reason', async () => {
    const path = adapter('odd', { peft_type: 'IA3' }, { [`${PREFIX}x.weight`]: { shape: [2] } });
    const found = await contents({ path: join(path, 'adapter_model.safetensors') });
    expect(found.warnings.join()).toMatch(/peft_type "IA3" is not supported/);
    expect(found.tensors).toHaveLength(1);
  });
});

function overlap(file: string): void {
  const bytes = readFileSync(file);
  const length = Number(bytes.readBigUInt64LE(0));
  const text = bytes
    .toString('utf8', 8, 8 + length)
    .replace('[8,16]', '[4,12]')
    .padEnd(length);
  bytes.write(text, 8);
  writeFileSync(file, bytes);
}
