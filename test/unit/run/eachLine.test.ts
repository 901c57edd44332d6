import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eachLine } from '../../../src/run/eachLine';

let folder: string;
let file: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'mora-lines-'));
  file = path.join(folder, 'lines');
});

afterEach(() => rm(folder, { recursive: true, force: true }));

async function linesOf(content: string): Promise<string[]> {
  await writeFile(file, content);
  const lines: string[] = [];
  for await (const line of eachLine(file)) lines.push(line);
  return lines;
}

describe('the lines of a file', () => {
  it('are whole, across the pieces in which it is read, with characters of several bytes', async () => {
    const lines = Array.from({ length: 30_000 }, (_, index) => `${index} r̂ ${'é'.repeat(index % 100)}`);
    expect(await linesOf(`${lines.join('\n')}\n`)).toEqual(lines);
    const long = 'é'.repeat(3 << 20);
    expect(await linesOf(`a\n${long}\nb\n`)).toEqual(['a', long, 'b']);
  });

  it('leave out empty ones and one that is still being written', async () => {
    expect(await linesOf('a\n\nb\n{"kind":"st')).toEqual(['a', 'b']);
    expect(await linesOf('')).toEqual([]);
  });

  it('are none of a file that is not there, and end when the reader is told to', async () => {
    const lines = eachLine(path.join(folder, 'absent'));
    expect(await lines.next()).toEqual({ done: true, value: undefined });
    await writeFile(file, 'a\n');
    await expect(eachLine(file, AbortSignal.abort(new Error('enough'))).next()).rejects.toThrow('enough');
  });
});
