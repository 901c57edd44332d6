import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { UserError } from '../../../src/config/userError';
import type { DataLine } from '../../../src/engine/data/dataLine';
import { readData } from '../../../src/engine/data/reader';
import { dataFile, EXAMPLE_DATA, temporaryFolder } from './files';

async function readAll(file: string, signal?: AbortSignal): Promise<DataLine[]> {
  const lines: DataLine[] = [];
  for await (const { data } of readData(file, signal)) lines.push(data);
  return lines;
}

test('reads every kind, in any mixture, and ignores other keys', async () => {
  const file = await dataFile(
    { text: 'Call me Ishmael.', id: 7 },
    '',
    { prompt: 'a', completion: 'b' },
    '   ',
    { input_ids: [1, 2], attention_mask: [1, 1] },
    { input_ids: [1, 2], labels: [-100, 2], text: null },
  );
  expect(await readAll(file)).toEqual([
    { kind: 'text', line: 1, text: 'Call me Ishmael.' },
    { kind: 'completion', line: 3, prompt: 'a', completion: 'b' },
    { kind: 'tokens', line: 5, inputIds: [1, 2], labels: undefined },
    { kind: 'tokens', line: 6, inputIds: [1, 2], labels: [-100, 2] },
  ]);
});

test('accepts Windows line ends, a byte order mark, and a last line with or without its newline', async () => {
  const file = join(await temporaryFolder(), 'w.jsonl');
  await writeFile(file, '\uFEFF{"text": "é"}\r\n{"text": "b"}\r\n');
  expect((await readAll(file)).map((line) => line.line)).toEqual([1, 2]);
});

test('reads the example data whole, also where lines cross the reading chunks', async () => {
  expect(await readAll(join(EXAMPLE_DATA, 'pronounce.train.jsonl'))).toHaveLength(8000);
  const long = 'x'.repeat(700_000);
  const lines = await readAll(
    await dataFile({ text: long }, { text: `${long}y` }, { text: `${long}é` }, { text: 'end' }),
  );
  expect(lines.map((line) => (line.kind === 'text' ? line.text.length : 0))).toEqual([700_000, 700_001, 700_001, 3]);
});

test('stops when aborted', async () => {
  const abort = new AbortController();
  abort.abort(new Error('enough'));
  await expect(readAll(await dataFile({ text: 'a' }), abort.signal)).rejects.toThrow('enough');
});

describe('a bad line is named with its file, its number and the mend', () => {
  const cases: [name: string, line: string | object, message: RegExp][] = [
    ['not JSON', '{"text": "a"', /data\.jsonl:2: is not a JSON object; put one object on each line\.$/],
    ['an array', '[1]', /data\.jsonl:2: is not a JSON object/],
    ['a number', '5', /:2: is not a JSON object/],
    ['chat', { messages: [] }, /:2: holds chat messages, which are not supported yet; give "text", or/],
    ['nothing to learn from', { instruction: 'a' }, /:2: has none of the keys to learn from; give "text"/],
    ['text that is no string', { text: 5 }, /:2: "text" is not a string/],
    ['a prompt alone', { prompt: 'a' }, /:2: has no "completion"/],
    ['a completion alone', { completion: 'a' }, /:2: has no "prompt"/],
    ['two kinds', { text: 'a', input_ids: [1] }, /:2: has "text" and "input_ids", which mean different things/],
    ['ids that are no numbers', { input_ids: ['a'] }, /:2: "input_ids" is not a list of whole numbers/],
    ['ids with a fraction', { input_ids: [1.5] }, /:2: "input_ids" is not a list of whole numbers/],
    ['labels of another length', { input_ids: [1, 2], labels: [1] }, /:2: has 2 input_ids but 1 labels/],
  ];
  test.each(cases)('%s', async (_, line, message) => {
    const error: unknown = await readAll(await dataFile({ text: 'a' }, line)).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(UserError);
    expect((error as UserError).message).toMatch(message);
  });

  test('a JSON array of objects says so', async () => {
    await expect(readAll(await dataFile('[', '{"text": "a"}]'))).rejects.toThrow(/:1: .*looks like one JSON array/);
  });

  test('bytes that are not UTF-8', async () => {
    const file = join(await temporaryFolder(), 'l.jsonl');
    await writeFile(file, Buffer.from('{"text": "\xe9"}\n', 'latin1'));
    await expect(readAll(file)).rejects.toThrow(/l\.jsonl:1: is not UTF-8 text; save the file as UTF-8/);
  });

  test('a line that never ends', async () => {
    const file = join(await temporaryFolder(), 'z.jsonl');
    await writeFile(file, Buffer.concat([Buffer.from('{"text": "a"}\n'), Buffer.alloc(66 << 20, 32)]));
    await expect(readAll(file)).rejects.toThrow(/z\.jsonl:2: is longer than 64 MiB/);
  });

  test('a file that does not exist', async () => {
    await expect(readAll(join(await temporaryFolder(), 'none.jsonl'))).rejects.toThrow(/none\.jsonl: does not exist/);
  });
});
