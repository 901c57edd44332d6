import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BinaryReader } from '@bufbuild/protobuf/wire';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RunSource } from '../../../src/host/panels/runSource';
import { crc32c, maskedCrc32c } from '../../../src/host/panels/tensorboard/crc32c';
import { eventFile } from '../../../src/host/panels/tensorboard/eventFile';
import { runEventFiles } from '../../../src/host/panels/tensorboard/runEvents';
import { writeRunEvents } from '../../../src/host/panels/tensorboard/writeRunEvents';
import { writeStatus } from '../../../src/run/status';
import { runStatus } from '../../support/runStatus';

const FIXTURES = join(import.meta.dirname, '../../fixtures/tensorboard');
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('crc32c', () => {
  it('gives the values of RFC 3720, B.4', () => {
    expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa);
    expect(crc32c(new Uint8Array(32).fill(0xff))).toBe(0x62a8ab43);
    expect(crc32c(Uint8Array.from({ length: 32 }, (_, index) => index))).toBe(0x46dd794e);
    expect(crc32c(bytesOf('123456789'))).toBe(0xe3069283);
  });
});

describe('an event file', () => {
  it('has the very bytes that TensorBoard writes', async () => {
    const { wallTime, events } = JSON.parse(await readFile(join(FIXTURES, 'scalars.json'), 'utf8')) as {
      wallTime: number;
      events: { wallTime: number; step: number; scalars: [string, number | 'nan' | 'inf'][] }[];
    };
    const named = { nan: NaN, inf: Infinity };
    const read = events.map((event) => ({
      ...event,
      scalars: event.scalars.map(([tag, value]) => [tag, typeof value === 'string' ? named[value] : value] as const),
    }));
    const golden = await readFile(join(FIXTURES, 'events.out.tfevents'));
    expect(Buffer.concat([...eventFile(wallTime, read)]).equals(golden)).toBe(true);
  });
});

describe('the export of a run', () => {
  let folder: string;
  let root: string;
  const never = { signal: new AbortController().signal, onFile: () => undefined };

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mora-tensorboard-'));
    root = join(folder, '20260131-142501-pronounce');
    await mkdir(root);
    await writeStatus(join(root, 'status.json'), runStatus({ startedAt: '2026-01-31T14:25:01.000Z' }));
    const step = (index: number, loss: number | null, tokensPerSecond: number | null) => ({
      ...{ kind: 'step', step: index, epoch: index / 4, tokens: 10, supervisedTokens: 6, loss, learningRate: 0.5 },
      ...{ gradNorm: loss, tokensPerSecond, residentBytes: 1024, seconds: 2 * index },
    });
    const evaluation = (index: number, loss: number) => ({ kind: 'evaluation', step: index, loss, accuracy: null });
    const metrics = [evaluation(0, 4), step(1, 2, null), step(2, null, 8), evaluation(2, 3)];
    await writeFile(join(root, 'metrics.jsonl'), metrics.map((line) => `${JSON.stringify(line)}\n`).join(''));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('holds every point in the order of steps, under the tags of transformers, with NaN where the loss was lost', async () => {
    const source = new RunSource(root);
    await source.poll();
    await writeRunEvents(folder, runEventFiles([source]), never);
    const [file] = (await readdir(root)).filter((name) => name.includes('tfevents'));
    const [head, ...events] = readEvents(await readFile(join(root, file ?? '')));
    const started = Date.parse('2026-01-31T14:25:01.000Z') / 1000;
    expect(head).toEqual({ wallTime: started, step: 0, version: 'brain.Event:2', scalars: {} });
    const shared = { 'train/learning_rate': 0.5, 'train/resident_bytes': 1024 };
    const first = { ...shared, 'train/loss': 2, 'train/grad_norm': 2, 'train/epoch': 0.25, 'train/tokens': 10 };
    const second = { ...shared, 'train/loss': NaN, 'train/grad_norm': NaN, 'train/epoch': 0.5, 'train/tokens': 20 };
    expect(events).toEqual([
      { wallTime: started, step: 0, scalars: { 'eval/loss': 4 } },
      { wallTime: started + 2, step: 1, scalars: first },
      { wallTime: started + 4, step: 2, scalars: { ...second, 'train/tokens_per_second': 8 } },
      { wallTime: started + 4, step: 2, scalars: { 'eval/loss': 3 } },
    ]);
  });

  it('keeps runs of one name in different folders apart', () => {
    const sources = [root, join(folder, 'other', '20260131-142501-pronounce')].map((each) => new RunSource(each));
    const folders = runEventFiles(sources).map((file) => file.folder);
    expect(folders).toEqual(['20260131-142501-pronounce', '20260131-142501-pronounce-2']);
  });

  it('leaves nothing behind when it is cancelled', async () => {
    const source = new RunSource(root);
    await source.poll();
    const aborted = { ...never, signal: AbortSignal.abort() };
    await expect(writeRunEvents(join(folder, 'logs'), runEventFiles([source]), aborted)).rejects.toThrow();
    expect(await readdir(join(folder, 'logs', '20260131-142501-pronounce'))).toEqual([]);
  });

  it('says in one sentence that a place cannot be written', async () => {
    await writeFile(join(folder, 'file'), '');
    const written = writeRunEvents(join(folder, 'file'), runEventFiles([new RunSource(root)]), never);
    await expect(written).rejects.toThrow(
      /the event file cannot be written there \(ENOTDIR\); choose another folder\./,
    );
  });
});

interface ReadEvent {
  wallTime: number;
  step: number;
  version?: string;
  scalars: Record<string, number>;
}

/** A reader by the definition of TFRecord and of event.proto; throws where a checksum is wrong. */
function readEvents(file: Buffer): ReadEvent[] {
  const events: ReadEvent[] = [];
  for (let offset = 0; offset < file.length;) {
    const length = Number(file.readBigUInt64LE(offset));
    const data = file.subarray(offset + 12, offset + 12 + length);
    expect(file.readUInt32LE(offset + 8)).toBe(maskedCrc32c(file.subarray(offset, offset + 8)));
    expect(file.readUInt32LE(offset + 12 + length)).toBe(maskedCrc32c(data));
    events.push(readEvent(data));
    offset += length + 16;
  }
  return events;
}

function readEvent(data: Uint8Array): ReadEvent {
  const event: ReadEvent = { wallTime: 0, step: 0, scalars: {} };
  for (const reader = new BinaryReader(data); reader.pos < reader.len;) {
    const [field, type] = reader.tag();
    if (field === 1) event.wallTime = reader.double();
    else if (field === 2) event.step = Number(reader.int64());
    else if (field === 3) event.version = reader.string();
    else if (field === 5) Object.assign(event.scalars, readSummary(reader.bytes()));
    else reader.skip(type);
  }
  return event;
}

function readSummary(data: Uint8Array): Record<string, number> {
  const scalars: Record<string, number> = {};
  for (const summary = new BinaryReader(data); summary.pos < summary.len;) {
    summary.tag();
    const value = new BinaryReader(summary.bytes());
    value.tag();
    const tag = value.string();
    value.tag();
    scalars[tag] = value.float();
  }
  return scalars;
}
