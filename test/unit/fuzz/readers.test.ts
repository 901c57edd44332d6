import { createHash } from 'node:crypto';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UserError } from '../../../src/config/userError';
import { loraStructure } from '../../../src/engine/adapters/lora/loraStructure';
import { moraStructure } from '../../../src/engine/adapters/mora/moraStructure';
import { readRawAdapter, writeAdapter } from '../../../src/engine/checkpoint/adapterFolder';
import { readOptimizer, writeOptimizer, type ParameterMoments } from '../../../src/engine/checkpoint/optimizerState';
import { readTrainerState, writeTrainerState } from '../../../src/engine/checkpoint/trainerState';
import { readExamples } from '../../../src/engine/data/exampleStream';
import type { Conversation } from '../../../src/engine/data/chat/conversation';
import { findChatTemplate, type ChatTemplate } from '../../../src/engine/data/chat/chatTemplate';
import { TemplateRenderer } from '../../../src/engine/data/chat/templateRenderer';
import { Tokenizer } from '../../../src/engine/data/tokenizer';
import { contents } from '../../../src/engine/contents/contents';
import { statistics } from '../../../src/engine/contents/statistics';
import { values } from '../../../src/engine/contents/values';
import { openGguf } from '../../../src/engine/export/gguf/ggufFile';
import type { GgufMetadata, GgufValue } from '../../../src/engine/export/gguf/metadataValue';
import { writeGguf } from '../../../src/engine/export/gguf/writeGguf';
import { readDecoderConfig } from '../../../src/engine/models/family';
import { openModelFolder } from '../../../src/engine/weights/modelFolder';
import { openSafetensors } from '../../../src/engine/weights/safetensors';
import { seededRandom } from '../../support/seededRandom';
import { hostileTemplate } from './hostileTemplate';
import { mutateBytes, mutateJsonLines, mutateJsonText, mutateSafetensors } from './mutations';

/** Cases for each reader; `npm run fuzz -- --cases N --seed S` runs more. */
const CASES = Number(process.env.FUZZ_CASES ?? 300);
const SEED = Number(process.env.FUZZ_SEED ?? 1);
/** A case is a few kilobytes; this is a hundred times what it takes, and enough for a busy machine. */
const SLOW_MS = 5000;
/** The library believes claims about Parquet until V8 ends its process, which takes it some seconds. */
const SLOW_PARQUET_MS = 60_000;
/** Start of its process and the ten seconds after which one that cannot interrupt itself is ended. */
const SLOW_TEMPLATE_MS = 20_000;
/** That a template gets; in use it is twenty seconds. Each that loops takes all of it. */
const TEMPLATE_LIMIT_MS = 400;
/** What all cases of a reader together may add to the process. */
const GROWTH_BYTES = 400 << 20;
/** An error is a sentence, whatever a file puts into it. */
const LONGEST_MESSAGE = 1500;

/** What JavaScript says of a mistake of ours. A template language says "something that is not a function" itself. */
const NOT_FOR_PEOPLE = /Cannot read prop|(?<!something that )is not a function|is not iterable|call stack/;

const fixture = (path: string): string => fileURLToPath(new URL(`../../fixtures/${path}`, import.meta.url));
const tiny = fileURLToPath(new URL('../../../media/model/tiny-llama-3m', import.meta.url));
const FAMILIES = ['llama', 'llama3', 'mistral', 'qwen2', 'qwen3', 'phi3', 'gemma2', 'gemma3', 'smollm3', 'olmo2'];

interface Target {
  readonly name: string;
  /** Writes one broken input into the folder. */
  readonly write: (folder: string, random: () => number) => void;
  readonly read: (folder: string) => Promise<unknown>;
  /** Share of the cases that it gets: less where each starts a process. */
  readonly share?: number;
  /** Milliseconds that a case may take. */
  readonly limit?: number;
}

const adapter = { lora: '', mora: '' };
const moments: ParameterMoments[] = [
  { name: 'a', shape: [2, 3], first: new Float32Array(6), second: new Float32Array(6) },
];
const metadata: GgufMetadata = new Map<string, GgufValue>([
  ['general.architecture', { type: 'string', value: 'llama' }],
  ['llama.block_count', { type: 'uint32', value: 1 }],
  ['tokenizer.ggml.tokens', { type: 'array', of: 'string', values: ['a', 'b', 'c'] }],
]);
let tokenizer: Tokenizer | undefined;
let template: ChatTemplate | undefined;
let root: string;
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'mora-fuzz-'));
  const linear = { layer: 0, module: 'q_proj', name: 'model.layers.0.self_attn.q_proj', dIn: 12, dOut: 8 };
  const lora = loraStructure({ ...linear, rank: 2, alpha: 4 });
  const mora = moraStructure({ ...linear, rank: 2, type: 6 });
  const state = { baseModel: 'base', layerCount: 1 };
  adapter.lora = join(root, 'lora');
  adapter.mora = join(root, 'mora');
  const parameters = { A: new Float32Array(24), B: new Float32Array(16) };
  await writeAdapter(adapter.lora, { ...state, modules: [{ linear, structure: lora, parameters }] });
  await writeTrainerState(root, {
    ...{ step: 5, totalSteps: 10, seed: 1, trainExamples: 3, tokens: 1000, seconds: 2.5, configuration: 'abc' },
    ...{ mergeSteps: [2, 4], best: { step: 3, loss: 1.5 }, evaluationPending: false },
    patience: { lowest: 1.5, waited: 0 },
  });
  await writeOptimizer(join(root, 'optimizer.safetensors'), moments);
  const tensor = { name: 'a', shape: [2, 4], type: 'F16', read: () => Promise.resolve(new Float32Array(8)) } as const;
  await writeGguf(join(root, 'x.gguf'), metadata, [tensor, { ...tensor, name: 'b', type: 'F32' }]);
  tokenizer = await Tokenizer.load(tiny);
  template = await findChatTemplate(tiny, null);
  const m = { M: new Float32Array(mora.parameterCount) };
  await writeAdapter(adapter.mora, { ...state, modules: [{ linear, structure: mora, parameters: m }] });
});
afterAll(() => rmSync(root, { recursive: true }));

const text = (path: string): string => readFileSync(path, 'utf8');

const SHARDS = ['model-00001-of-00002.safetensors', 'model-00002-of-00002.safetensors'] as const;
function shard(name: string): Buffer {
  const header = Buffer.from(JSON.stringify({ [name]: { dtype: 'BF16', shape: [2, 3], data_offsets: [0, 12] } }));
  const prefix = Buffer.alloc(8);
  prefix.writeBigUInt64LE(BigInt(header.length));
  return Buffer.concat([prefix, header, Buffer.alloc(12)]);
}

async function consume(files: readonly string[]): Promise<void> {
  for await (const batch of readExamples({ files, tokenizer, template, vocabularySize: 4096, maxLength: 512 })) {
    expect(batch.share).toBeLessThanOrEqual(1);
  }
}

const RECORDS = `{"prompt":"a","completion":"b"}
{"text":"plain"}
{"input_ids":[1,2,3],"labels":[-100,2,3]}
{"instruction":"i","input":"x","output":"y"}
`;
const listOf = (lines: string): string => `[${lines.trim().split('\n').join(',')}]`;
const CONVERSATIONS = `{"messages":[{"role":"user","content":"hi"},{"role":"assistant","content":"hello"}]}
{"conversations":[{"from":"human","value":"q"},{"from":"gpt","value":"a"}]}
`;

const CONVERSATION: Conversation = {
  messages: [
    { role: 'user', content: 'Hello' },
    { role: 'assistant', content: 'Hi' },
  ],
  tools: null,
  learned: [1],
};

function dataTarget(what: string, extension: string, write: (random: () => number) => Buffer): Target {
  return {
    name: what,
    write: (folder, random) => writeFileSync(join(folder, `data.${extension}`), write(random)),
    read: (folder) => consume([join(folder, `data.${extension}`)]),
  };
}

const TARGETS: readonly Target[] = [
  {
    name: 'safetensors',
    write: (folder, random) =>
      writeFileSync(
        join(folder, 'x.safetensors'),
        mutateSafetensors(readFileSync(fixture('oracle/llama/model.safetensors')), random),
      ),
    read: async (folder) => {
      const file = await openSafetensors(join(folder, 'x.safetensors'));
      try {
        for (const name of file.tensors.keys()) await file.readFloat32(name);
      } finally {
        await file.close();
      }
    },
  },
  {
    name: 'shard index',
    write: (folder, random) => {
      const index = { metadata: { total_size: 24 }, weight_map: { a: SHARDS[0], b: SHARDS[1] } };
      writeFileSync(join(folder, 'model.safetensors.index.json'), mutateJsonText(JSON.stringify(index), random));
      writeFileSync(join(folder, SHARDS[0]), shard('a'));
      writeFileSync(join(folder, SHARDS[1]), random() < 0.3 ? mutateSafetensors(shard('b'), random) : shard('b'));
      writeFileSync(join(folder, 'config.json'), '{}');
    },
    read: async (folder) => {
      const model = await openModelFolder(folder);
      try {
        for (const name of model.tensors.keys()) await model.readFloat32(name);
      } finally {
        await model.close();
      }
    },
  },
  {
    name: 'contents of a checkpoint',
    write: (folder, random) => {
      const from = random() < 0.5 ? adapter.lora : adapter.mora;
      const config = text(join(from, 'adapter_config.json'));
      const weights = readFileSync(join(from, 'adapter_model.safetensors'));
      writeFileSync(join(folder, 'adapter_config.json'), random() < 0.3 ? mutateJsonText(config, random) : config);
      writeFileSync(join(folder, 'adapter_model.safetensors'), mutateSafetensors(weights, random));
    },
    read: async (folder) => {
      const { files, tensors } = await contents({ path: join(folder, 'adapter_config.json') });
      for (const { name, file, parameters } of tensors) {
        const { path, stamp } = files[file]!;
        const place = { path, stamp, tensor: name };
        const window = { offset: 0, stride: 7, rows: 3, columns: 9 };
        expect(await values({ ...place, ...window })).toHaveLength(27);
        expect((await statistics({ ...place, limit: null }, () => undefined)).read).toBe(parameters);
      }
    },
  },
  {
    name: 'config.json of ten families',
    write: (folder, random) => {
      const family = FAMILIES[Math.floor(random() * FAMILIES.length)]!;
      writeFileSync(join(folder, 'config.json'), mutateJsonText(text(fixture(`oracle/${family}/config.json`)), random));
    },
    read: readDecoderConfig,
  },
  {
    name: 'tokenizer',
    write: (folder, random) => {
      copyFileSync(join(tiny, 'config.json'), join(folder, 'config.json'));
      const names = ['tokenizer.json', 'tokenizer_config.json', 'generation_config.json'];
      const broken = names[Math.floor(random() * 3)]!;
      for (const name of names) {
        const good = text(join(tiny, name));
        writeFileSync(join(folder, name), name === broken ? mutateJsonText(good, random) : good);
      }
    },
    read: async (folder) => (await Tokenizer.load(folder))?.encode('Say: hello', true),
  },
  {
    name: 'adapter folder',
    write: (folder, random) => {
      const from = random() < 0.5 ? adapter.lora : adapter.mora;
      const config = text(join(from, 'adapter_config.json'));
      const weights = readFileSync(join(from, 'adapter_model.safetensors'));
      const inConfig = random() < 0.5;
      writeFileSync(join(folder, 'adapter_config.json'), inConfig ? mutateJsonText(config, random) : config);
      writeFileSync(join(folder, 'adapter_model.safetensors'), inConfig ? weights : mutateSafetensors(weights, random));
    },
    read: readRawAdapter,
  },
  {
    name: 'trainer_state.json',
    write: (folder, random) => {
      writeFileSync(join(folder, 'trainer_state.json'), mutateJsonText(text(join(root, 'trainer_state.json')), random));
    },
    read: readTrainerState,
  },
  {
    name: 'optimizer state',
    write: (folder, random) => {
      const good = readFileSync(join(root, 'optimizer.safetensors'));
      writeFileSync(join(folder, 'optimizer.safetensors'), mutateSafetensors(good, random));
    },
    read: (folder) => readOptimizer(join(folder, 'optimizer.safetensors'), moments),
  },
  {
    name: 'GGUF',
    write: (folder, random) =>
      writeFileSync(join(folder, 'x.gguf'), mutateBytes(readFileSync(join(root, 'x.gguf')), random)),
    read: async (folder) => {
      const file = await openGguf(join(folder, 'x.gguf'));
      try {
        for (const name of file.tensors.keys()) await file.readFloat32(name);
      } finally {
        await file.close();
      }
    },
  },
  dataTarget('JSON Lines', 'jsonl', (random) => mutateJsonLines(RECORDS, random)),
  dataTarget('a list in JSON', 'json', (random) => mutateJsonText(listOf(RECORDS), random)),
  { ...dataTarget('conversations', 'jsonl', (random) => mutateJsonLines(CONVERSATIONS, random)), share: 0.1 },
  dataTarget('CSV', 'csv', (random) =>
    mutateBytes(Buffer.from('prompt,completion\n"a, b",c\n"d ""e""",f\ng,h\n'), random),
  ),
  dataTarget('plain text', 'txt', (random) => mutateBytes(Buffer.from('some text\nüöä €\n'.repeat(20)), random)),
  {
    ...dataTarget('Parquet', 'parquet', (random) => {
      const codec = ['none', 'snappy', 'gzip', 'zstd', 'brotli', 'lz4'][Math.floor(random() * 6)]!;
      return mutateBytes(readFileSync(fixture(`tables/chat.${codec}.parquet`)), random);
    }),
    share: 0.2,
    limit: SLOW_PARQUET_MS,
  },
  {
    name: 'chat template',
    write: (folder, random) =>
      writeFileSync(
        join(folder, 'chat_template.jinja'),
        hostileTemplate(text(join(tiny, 'chat_template.jinja')), random),
      ),
    read: async (folder) => {
      const found = await findChatTemplate(folder, null);
      const renderer = new TemplateRenderer(found!, TEMPLATE_LIMIT_MS);
      try {
        const answer = await renderer.render(CONVERSATION);
        // As a reader of data says it; here it is the reason alone that is looked at.
        if (answer.kind === 'failed') throw new UserError(answer.reason);
      } finally {
        renderer.dispose();
      }
    },
    share: 0.05,
    limit: SLOW_TEMPLATE_MS,
  },
];

describe(`${CASES} broken inputs for each reader give a sentence or a result, soon, in little memory`, () => {
  it.each(TARGETS)(
    '$name',
    async ({ name, write, read, share = 1, limit = SLOW_MS }) => {
      const cases = Math.ceil(CASES * share);
      const before = process.memoryUsage().rss;
      const outcomes = { read: 0, refused: 0 };
      let slowest = 0;
      for (let index = 0; index < cases; index++) {
        const where = `${name}, seed ${SEED}, case ${index}`;
        const folder = mkdtempSync(join(root, 'case-'));
        // Seeds beside each other would begin alike.
        const random = seededRandom(createHash('sha256').update(where).digest().readUInt32LE(0));
        write(folder, random);
        const began = performance.now();
        try {
          await read(folder);
          outcomes.read++;
        } catch (error) {
          outcomes.refused++;
          if (!(error instanceof UserError)) throw new Error(`${where}: not a sentence for people`, { cause: error });
          expect(error.message.length, where).toBeLessThan(LONGEST_MESSAGE);
          expect(error.message, where).not.toMatch(/[\n\u2028]/);
          // Nor is it one of ours that a reader has taken for the file's.
          expect(error.message, where).not.toMatch(NOT_FOR_PEOPLE);
        }
        slowest = Math.max(slowest, performance.now() - began);
        expect(slowest, where).toBeLessThan(limit);
        rmSync(folder, { recursive: true });
      }
      const growth = process.memoryUsage().rss - before;
      if (process.env.FUZZ_CASES !== undefined) {
        const { read, refused } = outcomes;
        const peak = process.resourceUsage().maxRSS / 1024;
        console.log(
          `${name}: ${read} read, ${refused} refused, slowest ${slowest.toFixed(0)} ms, ` +
            `${(growth / 2 ** 20).toFixed(0)} MiB more, at most ${peak.toFixed(0)} MiB in all`,
        );
      }
      expect(growth).toBeLessThan(GROWTH_BYTES);
      // Cases that are all refused, or none, would try nothing.
      expect(outcomes.refused).toBeGreaterThan(cases / 20);
      expect(outcomes.read).toBeGreaterThan(0);
    },
    CASES * 1000,
  );
});
