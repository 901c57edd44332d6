import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { contents } from '../../../../src/engine/contents/contents';
import { statistics } from '../../../../src/engine/contents/statistics';
import { values } from '../../../../src/engine/contents/values';
import type { TensorStatistics } from '../../../../src/engine/rpc/contents';
import { InspectorSession } from '../../../../src/host/inspector/inspectorSession';
import { Channel, ChannelError, type Envelope } from '../../../../src/host/protocol/channel';
import type { InspectorHostEnd, InspectorViewEnd } from '../../../../src/host/protocol/inspector';
import { temporaryFolder, writeFloats, writeSparse } from '../../contents/files';

const folder = temporaryFolder();
const file = join(folder, 'a.safetensors');

/** A session over the real reader, and the end of its page. */
function open(path: string) {
  const errors: unknown[] = [];
  const heard: unknown[] = [];
  const asked: string[] = [];
  const post = (message: Envelope): void => queueMicrotask(() => page.receive(structuredClone(message)));
  const session = new InspectorSession({
    post,
    engine: async () => ({
      contents,
      values,
      statistics: (...params) => {
        asked.push(params[0].tensor);
        return statistics(...params);
      },
    }),
    locate: async () => ({ path, note: null }),
    actionsFor: () => ({ rank: false, exports: false, talk: false }),
    act: (action) => heard.push(action),
    reportError: (error) => errors.push(error),
  });
  const page = new Channel<InspectorViewEnd, InspectorHostEnd>(
    (message) => queueMicrotask(() => session.receive(structuredClone(message))),
    {
      requests: {},
      events: {
        progress: { parse: (body) => body as InspectorViewEnd['events']['progress'], hear: (body) => heard.push(body) },
        file: { parse: (body) => body as 'gone', hear: (body) => heard.push(body) },
        actions: { parse: (body) => body as InspectorViewEnd['events']['actions'], hear: (body) => heard.push(body) },
      },
    },
    (error) => errors.push(error),
  );
  return { session, page, errors, heard, asked };
}

describe('the inspector behind its page', () => {
  it('lists a file, reads a window of it, and keeps statistics that were computed', async () => {
    writeFloats(file, { a: { shape: [2, 3], values: [1, 2, 3, 4, 5, 6] } });
    const { page, asked } = open(file);
    const { contents: listing } = await page.request('open', { anew: false });
    expect(listing.tensors.map(({ name }) => name)).toEqual(['a']);
    const window = { file: 0, tensor: 'a', offset: 1, stride: 3, rows: 2, columns: 2 };
    expect(await page.request('values', window)).toEqual([2, 3, 5, 6]);
    const question = { file: 0, tensor: 'a', whole: false };
    expect((await page.request('statistics', question))?.mean).toBe(3.5);
    await page.request('statistics', question);
    expect(asked).toEqual(['a']);
  });

  it('says that the file has changed, and shows it again once it is reloaded', async () => {
    writeFloats(file, { a: { shape: [2] } });
    const { page, errors } = open(file);
    await page.request('open', { anew: false });
    writeFloats(file, { b: { shape: [1], values: [7] } });
    const question = { file: 0, tensor: 'a', whole: false };
    await expect(page.request('statistics', question)).rejects.toThrow(/has changed since it was opened; reload it/);
    const { contents: listing } = await page.request('open', { anew: true });
    expect(listing.tensors.map(({ name }) => name)).toEqual(['b']);
    expect(errors).toEqual([]);
  });

  it('reads a file that changed while its page was hidden anew, and keeps the listing of one that is gone', async () => {
    writeFloats(file, { a: { shape: [2] } });
    const { page, session } = open(file);
    await page.request('open', { anew: false });
    writeFloats(file, { b: { shape: [1] } });
    session.tellFile('changed');
    const changed = await page.request('open', { anew: false });
    expect(changed.contents.tensors.map(({ name }) => name)).toEqual(['b']);
    expect(changed.isGone).toBe(false);
    rmSync(file);
    session.tellFile('gone');
    const gone = await page.request('open', { anew: false });
    expect(gone.contents.tensors.map(({ name }) => name)).toEqual(['b']);
    expect(gone.isGone).toBe(true);
    await expect(page.request('open', { anew: true })).rejects.toThrow(/does not exist/);
    writeFloats(file, { c: { shape: [1] } });
    expect((await page.request('open', { anew: true })).isGone).toBe(false);
  });

  it('answers for a damaged file with a sentence for the user, and opens it when it is mended', async () => {
    writeFileSync(file, 'no checkpoint');
    const { page, errors } = open(file);
    const failure: unknown = await page.request('open', { anew: false }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ChannelError);
    expect((failure as ChannelError).forUser).toBe(true);
    writeFloats(file, { a: { shape: [1] } });
    expect((await page.request('open', { anew: false })).contents.totals.tensors).toBe(1);
    expect(errors).toEqual([]);
  });

  it('cancels statistics, answers with nothing, and computes them when asked again', async () => {
    const sparse = join(folder, 'large.safetensors');
    writeSparse(sparse, [{ name: 'a', dtype: 'F32', shape: [25_000_000_000] }], 1e11);
    const { page, session, heard } = open(sparse);
    await page.request('open', { anew: false });
    const reading: Promise<TensorStatistics | null> = page.request('statistics', { file: 0, tensor: 'a', whole: true });
    while (heard.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(heard[0]).toMatchObject({ tensor: 'a', total: 2e11 });
    page.event('cancelStatistics', null);
    expect(await reading).toBeNull();
    expect(await page.request('statistics', { file: 0, tensor: 'a', whole: false })).toMatchObject({ zeros: 1 << 24 });
    session.dispose();
  });

  it('refuses messages that no page of ours sends', async () => {
    writeFloats(file, { a: { shape: [1] } });
    const { page, session, errors } = open(file);
    await page.request('open', { anew: false });
    await expect(page.request('values', { file: -1 } as never)).rejects.toThrow();
    await expect(page.request('statistics', { file: 7, tensor: 'a', whole: true })).rejects.toThrow(/reload it/);
    const before = errors.length;
    session.receive({ mora: 'event', name: 'constructor', body: null });
    expect(errors.length).toBe(before + 1);
  });
});
