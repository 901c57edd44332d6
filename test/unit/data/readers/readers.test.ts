import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { UserError } from '../../../../src/config/userError';
import type { DataRecord } from '../../../../src/engine/data/record';
import { readRecords } from '../../../../src/engine/data/readers/readRecords';
import { wantedKeys } from '../../../../src/engine/data/shapes/shape';
import { EXAMPLE_DATA, temporaryFolder } from '../files';

const tables = fileURLToPath(new URL('../../../fixtures/tables', import.meta.url));

async function recordsOf(file: string, fields = {}, signal?: AbortSignal): Promise<DataRecord[]> {
  const records: DataRecord[] = [];
  for await (const record of readRecords(file, wantedKeys(fields), signal)) records.push(record);
  return records;
}

async function written(name: string, content: string | Uint8Array): Promise<string> {
  const file = join(await temporaryFolder(), name);
  await writeFile(file, content);
  return file;
}

/** What is read of a file with this content: values by line. */
async function read(name: string, content: string | Uint8Array): Promise<[number, DataRecord['value']][]> {
  return (await recordsOf(await written(name, content))).map(({ line, value }) => [line, value]);
}

async function sentence(name: string, content: string | Uint8Array): Promise<string> {
  const file = await written(name, content);
  const error: unknown = await recordsOf(file).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(UserError);
  return (error as UserError).message.replaceAll(file, name);
}

describe('JSON Lines', () => {
  test('blank lines are skipped but counted; line ends, a byte order mark and the last newline do not matter', async () => {
    expect(await read('a.jsonl', '\uFEFF{"text": "é"}\r\n\r\n  \n{"text": "b"}')).toEqual([
      [1, { text: 'é' }],
      [4, { text: 'b' }],
    ]);
    expect(await read('a.ndjson', '{"text": "b"}\n')).toHaveLength(1);
    expect(await read('a.jsonl', '')).toEqual([]);
  });

  test('lines that cross the chunks of reading stay whole', async () => {
    expect(await recordsOf(join(EXAMPLE_DATA, 'pronounce.train.jsonl'))).toHaveLength(8000);
    const lines = ['x'.repeat(700_000), `${'x'.repeat(700_000)}é`, 'y'];
    const content = lines.map((text) => JSON.stringify({ text })).join('\n');
    expect((await read('a.jsonl', content)).map(([, { text }]) => text)).toEqual(lines);
  });

  test('the bytes read grow up to the size of the file', async () => {
    const records = await recordsOf(await written('a.jsonl', '{"text": "a"}\n{"text": "b"}\n'));
    expect(records.map(({ bytesRead }) => bytesRead)).toEqual([14, 28]);
  });

  test.each([
    ['not JSON', '{"text": "a"}\n{"text": "b"', 'a.jsonl:2: is not a JSON object; put one object on each line.'],
    ['a list', '{"text": "a"}\n[1]', 'a.jsonl:2: is not a JSON object; put one object on each line.'],
    ['a number', '5', 'a.jsonl:1: is not a JSON object; put one object on each line.'],
    [
      'one list over many lines',
      '[\n{"text": "a"}]',
      'a.jsonl:1: is not a JSON object; the file looks like one JSON list, so let its name end in .json.',
    ],
    [
      'bytes that are not UTF-8',
      Buffer.from('{"text": "a"}\n{"text": "\xe9"}\n', 'latin1'),
      'a.jsonl:2: is not UTF-8 text; save the file as UTF-8.',
    ],
  ])('%s', async (_, content, message) => {
    expect(await sentence('a.jsonl', content)).toBe(message);
  });

  test('a line of 100 MB is refused before it is in memory whole', async () => {
    const content = Buffer.alloc(100_000_000 + 14, 32);
    content.write('{"text": "a"}\n');
    expect(await sentence('a.jsonl', content)).toBe(
      'a.jsonl:2: is longer than 64 MiB; this is not JSON Lines, put one object on each line.',
    );
    // Also where a chunk ends with it.
    content[content.length - 1] = 10;
    expect(await sentence('a.jsonl', content)).toMatch(/^a\.jsonl:2: is longer than 64 MiB/);
  });
});

describe('a JSON list', () => {
  const items = [
    { text: 'a, ] } " \\ \n é 🐋', nested: { list: [1, [2, { x: '[' }]], empty: [] } },
    { text: '' },
    { text: 'b'.repeat(2_500_000) },
    { messages: [{ role: 'user', content: '{"data": [1]}' }] },
  ];
  const numbered = items.map((item, index) => [index + 1, item]);

  test.each([
    ['a list', JSON.stringify(items)],
    ['a list over many lines', JSON.stringify(items, null, 2)],
    ['"data" of an object', JSON.stringify({ version: '"data": [', other: [{ data: [0] }], data: items, more: [1] })],
    ['after a byte order mark', `\uFEFF ${JSON.stringify(items)} \n`],
  ])('is read item by item: %s', async (_, content) => {
    expect(await read('a.json', content)).toEqual(numbered);
  });

  test('nothing is read of an empty list', async () => {
    expect(await read('a.json', ' [ ] ')).toEqual([]);
    expect(await read('a.json', '{"data": []}')).toEqual([]);
  });

  test.each([
    ['nothing', '', 'a.json: is empty; give a list of objects.'],
    ['white space', ' \n', 'a.json: is not valid JSON; give a list of objects, or {"data": [...]}.'],
    [
      'one object',
      '{"text": "a"}',
      'a.json: is one JSON object without a list "data"; give a list of objects, or {"data": [...]}, or let the name of JSON Lines end in .jsonl.',
    ],
    [
      'two objects',
      '{"text": "a"}\n{"text": "b"}',
      'a.json: is not valid JSON; give a list of objects, or {"data": [...]}.',
    ],
    ['a word', 'null', 'a.json: is not valid JSON; give a list of objects, or {"data": [...]}.'],
    [
      'a list that ends early',
      '[{"text": "a"}, {"te',
      'a.json: is not valid JSON after item 1; give a list of objects, or {"data": [...]}.',
    ],
    [
      'something after the list',
      '[{"text": "a"}] ]',
      'a.json: is not valid JSON after item 1; give a list of objects, or {"data": [...]}.',
    ],
    ['a comma too many', '[{"text": "a"},]', 'a.json, item 2: is not valid JSON; correct it.'],
    ['two commas', '[{"text": "a"},,{"text": "b"}]', 'a.json, item 2: is not valid JSON; correct it.'],
    ['a wrong bracket', '[{"text": "a"}}', 'a.json: is not valid JSON; give a list of objects, or {"data": [...]}.'],
    ['a wrong bracket in an item', '[{"text": ["a"}]]', 'a.json, item 1: is not valid JSON; correct it.'],
    ['an item that is none', '[{"text": "a"}, nope]', 'a.json, item 2: is not valid JSON; correct it.'],
    ['a number', '[5]', 'a.json, item 1: is not an object; give a list of objects.'],
    [
      'bytes that are not UTF-8',
      Buffer.from('[{"text": "a"}, {"text": "\xe9"}]', 'latin1'),
      'a.json, item 2: is not UTF-8 text; save the file as UTF-8.',
    ],
  ])('%s', async (_, content, message) => {
    expect(await sentence('a.json', content)).toBe(message);
  });

  test('an item without end is refused', async () => {
    const content = Buffer.alloc(70 << 20, 32);
    content.write('[{"text": "a"}, {"text": "');
    expect(await sentence('a.json', content)).toMatch(/^a\.json, item 2: is longer than 64 MiB/);
  });

  test('what stands beside the list does not stay in memory', async () => {
    // 300 MB that no one asks for; the process has about 100 MB before and must not keep a second copy of it.
    const beside = `"${'x'.repeat(1 << 20)}",`.repeat(299);
    const file = await written('a.json', `{"beside": [${beside}""], "data": [{"text": "a"}]}`);
    global.gc?.();
    const before = process.memoryUsage().rss;
    expect((await recordsOf(file)).map(({ value }) => value)).toEqual([{ text: 'a' }]);
    expect(process.memoryUsage().rss - before).toBeLessThan(150e6);
  });
});

describe('tables of text', () => {
  test('cells may hold separators, quotes and newlines; a row is where it begins', async () => {
    const content = 'prompt,completion,id\r\n"a, ""b""","line 1\nline 2",7\r\n\r\nc,,8\r\n';
    expect(await read('a.csv', content)).toEqual([
      [2, { prompt: 'a, "b"', completion: 'line 1\nline 2', id: '7' }],
      [5, { prompt: 'c', completion: '', id: '8' }],
    ]);
  });

  test('a byte order mark and white space are no part of a name', async () => {
    expect(await read('a.csv', '\uFEFFtext , id\na,1\n')).toEqual([[2, { text: 'a', id: '1' }]]);
  });

  test('tab-separated files may have quotes inside a cell', async () => {
    expect(await read('a.tsv', 'prompt\tcompletion\na "b" c\t"d\te"\n')).toEqual([
      [2, { prompt: 'a "b" c', completion: 'd\te' }],
    ]);
  });

  test('characters that cross the chunks of reading stay whole', async () => {
    // One byte before, so that every chunk of 1 MiB ends within a character of three bytes.
    const text = `x${'鯨'.repeat(1_000_000)}`;
    expect((await read('a.csv', `text\n${text}\n`))[0]![1]).toEqual({ text });
  });

  test.each([
    [
      'a cell too few',
      'a,b\n1,2\n3\n',
      'a.csv:3: has another number of cells than the header; quote cells that contain the separator.',
    ],
    [
      'a cell too many',
      'a,b\n1,2,3\n',
      'a.csv:2: has another number of cells than the header; quote cells that contain the separator.',
    ],
    [
      'a quote that stays open',
      'a,b\n1,"2\n3,4\n',
      'a.csv:3: opens a quote that is never closed; close it, and double the quotes inside a cell.',
    ],
    [
      'text after a quote',
      'a,b\n1,"2"3\n',
      'a.csv:2: is not a row of a table (Invalid Closing Quote); double the quotes inside a quoted cell.',
    ],
    ['a name twice', 'text,text\n1,2\n', 'a.csv:1: names the column "text" twice; give each column a name of its own.'],
    [
      'bytes that are not UTF-8',
      Buffer.from('text\na\n\xe9\n', 'latin1'),
      'a.csv:3: is not UTF-8 text; save the file as UTF-8.',
    ],
    [
      'a character that ends early',
      Buffer.from([0x61, 0x0a, 0xe9, 0xaf]),
      'a.csv:2: is not UTF-8 text; save the file as UTF-8.',
    ],
    [
      'columns without end',
      `${'a,'.repeat(20_000)}b\n`,
      'a.csv:1: has 20001 columns, more than 10000; check how it is separated.',
    ],
  ])('%s', async (_, content, message) => {
    expect(await sentence('a.csv', content)).toBe(message);
  });
});

describe('text files', () => {
  test('are one example each, whatever lines they have', async () => {
    expect(await read('a.txt', '\uFEFFone\n\ntwo\n')).toEqual([[1, { text: 'one\n\ntwo\n' }]]);
    expect(await read('a.md', '# é')).toEqual([[1, { text: '# é' }]]);
  });

  test('say where they are not UTF-8, and when they are too long', async () => {
    expect(await sentence('a.txt', Buffer.from('a\nb\n\xe9', 'latin1'))).toBe(
      'a.txt:3: is not UTF-8 text; save the file as UTF-8.',
    );
    expect(await sentence('a.txt', Buffer.alloc(65 << 20, 97))).toBe(
      'a.txt: is longer than 64 MiB, and a text file is one example; split it into several files.',
    );
  });
});

describe('Parquet', () => {
  const chat = [
    {
      messages: [
        { role: 'user', content: 'Grüße 🐋' },
        { role: 'assistant', content: 'Hallo.' },
      ],
    },
    {
      messages: [
        { role: 'user', content: 'Weather?' },
        {
          role: 'assistant',
          tool_calls: [{ type: 'function', function: { name: 'weather', arguments: '{"city": "Köln"}' } }],
        },
      ],
    },
  ];

  test.each(['none', 'snappy', 'gzip', 'zstd', 'brotli', 'lz4'])('messages, compressed by %s', async (codec) => {
    const records = await recordsOf(join(tables, `chat.${codec}.parquet`));
    // The nulls that Arrow writes for what other rows have are not there.
    expect(records.map(({ value }) => value)).toEqual(chat);
    expect(records.map(({ line }) => line)).toEqual([1, 2]);
  });

  test('row groups follow one another, 64-bit integers are numbers, and other columns stay unread', async () => {
    const records = await recordsOf(join(tables, 'tokens.parquet'));
    expect(records).toHaveLength(11);
    expect(records[0]).toMatchObject({ line: 1, value: { input_ids: [1, 2, 0], labels: [-100, 2, 0] } });
    expect(records[5]!.value).toEqual({ input_ids: [1, 2, 5] });
    expect(records[10]).toMatchObject({ line: 11, value: { text: 'a text' } });
    const read = records.map(({ bytesRead }) => bytesRead);
    expect(read).toEqual([...read].sort((a, b) => a - b));
  });

  test('columns with names of their own are named by data.fields', async () => {
    const file = join(tables, 'question.parquet');
    await expect(recordsOf(file)).rejects.toThrow(
      /question\.parquet: has the columns "question", "answer" but none to learn from; name them by "data\.fields"\.$/,
    );
    const fields = { prompt: 'question', completion: 'answer' };
    expect((await recordsOf(file, fields)).map(({ value }) => value)).toEqual([{ question: 'a?', answer: 'b' }]);
  });

  test('what is no Parquet file, or not UTF-8, says so', async () => {
    expect(await sentence('a.parquet', 'PAR1 and more')).toMatch(
      /^a\.parquet: cannot be read as Parquet \(.*\); copy or download it again\.$/,
    );
    expect(await sentence('a.parquet', '')).toMatch(/^a\.parquet: cannot be read as Parquet/);
    // Claims metadata of 4 GB.
    const claim = Buffer.from([0xff, 0xff, 0xff, 0xff, ...Buffer.from('PAR1')]);
    expect(await sentence('a.parquet', claim)).toMatch(/^a\.parquet: cannot be read as Parquet/);
    await expect(recordsOf(join(tables, 'latin.parquet'))).rejects.toThrow(
      /latin\.parquet: has text that is not UTF-8; write the table with UTF-8 strings\.$/,
    );
  });

  test('a file for which V8 ends the process ends only the one that reads it', async () => {
    // Found by test/unit/fuzz: with these bytes amid its pages the library appends to a list without end.
    const good = await readFile(join(tables, 'chat.lz4.parquet'));
    const inserted = Buffer.from('15d9c0e6dc9f138f39d45d9017d319', 'hex');
    const hostile = Buffer.concat([good.subarray(0, 401), inserted, good.subarray(401)]);
    expect(await sentence('a.parquet', hostile)).toMatch(
      /^a\.parquet: cannot be read as Parquet \(its reader ended: (SIG[A-Z]+|code \d+)\); copy or download it again\.$/,
    );
  });

  test('an abort ends it with its reason, before and amid the rows', async () => {
    const file = join(tables, 'tokens.parquet');
    const before = AbortSignal.abort(new Error('stopped before'));
    await expect(recordsOf(file, {}, before)).rejects.toThrow('stopped before');
    const controller = new AbortController();
    const reading = recordsOf(file, {}, controller.signal);
    controller.abort(new Error('stopped amid'));
    await expect(reading).rejects.toThrow('stopped amid');
  });
});

describe('any file', () => {
  test('may be compressed by gzip, where it is read from its beginning', async () => {
    const lines = '{"text": "a"}\n{"text": "b"}\n';
    expect(await read('a.jsonl.gz', gzipSync(lines))).toEqual(await read('a.jsonl', lines));
    expect(await read('a.csv.gz', gzipSync('text\na\n'))).toEqual([[2, { text: 'a' }]]);
    expect(await sentence('a.jsonl.gz', 'no gzip')).toBe(
      'a.jsonl.gz: is not a whole gzip file; copy or download it again.',
    );
    expect(await sentence('a.jsonl.gz', gzipSync(lines.repeat(1000)).subarray(0, 60))).toBe(
      'a.jsonl.gz: is not a whole gzip file; copy or download it again.',
    );
  });

  test('that inflates without end is refused as one that is long', async () => {
    expect(await sentence('a.jsonl.gz', gzipSync(Buffer.alloc(100_000_000, 32)))).toMatch(
      /^a\.jsonl\.gz:1: is longer than 64 MiB/,
    );
  });

  test('whose name says nothing is read as JSON Lines only when it has no ending', async () => {
    expect(await read('stdin', '{"text": "a"}')).toEqual([[1, { text: 'a' }]]);
    expect(await sentence('a.xlsx', 'PK')).toBe(
      'a.xlsx: its name does not say how it is written; let it end in .jsonl, .ndjson, .json, .csv, .tsv, .parquet, .txt, .md.',
    );
    expect(await sentence('a.parquet.gz', '')).toMatch(/^a\.parquet\.gz: its name does not say/);
  });

  test.each(['a.jsonl', 'a.json', 'a.csv', 'a.txt', 'a.parquet', 'a.jsonl.gz'])(
    '%s that is not there or is a folder',
    async (name) => {
      const folder = await temporaryFolder();
      await expect(recordsOf(join(folder, name))).rejects.toThrow(
        new RegExp(`${name}: does not exist; check the path`),
      );
      await mkdir(join(folder, name));
      await expect(recordsOf(join(folder, name))).rejects.toThrow(
        new RegExp(`${name}: is (a folder|not a file); give the path of`),
      );
    },
  );

  test.each(['a.jsonl', 'a.json', 'a.csv', 'a.txt', 'a.jsonl.gz'])('stops when aborted: %s', async (name) => {
    const abort = new AbortController();
    abort.abort(new Error('enough'));
    await expect(recordsOf(await written(name, ''), {}, abort.signal)).rejects.toThrow('enough');
  });
});
