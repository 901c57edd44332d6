import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { rankCsv } from '../../../src/host/panels/rankCsv';
import { RankSession, type RankSessionEditor } from '../../../src/host/panels/rankSession';
import { describeMethod, loraBound, RankSource } from '../../../src/host/panels/rankSource';
import type { RankHostEnd, RankViewEnd, Sources } from '../../../src/host/protocol/rankView';
import type { Inspection } from '../../../src/engine/rpc/protocol';
import type { ModuleSpectrum } from '../../../src/run/spectra';
import { writeStatus } from '../../../src/run/status';
import { Channel } from '../../../src/host/protocol/channel';
import { runStatus } from '../../support/runStatus';

const SPECTRUM: ModuleSpectrum = {
  ...{ name: 'model.layers.0.self_attn.q_proj', layer: 0, module: 'q_proj', dIn: 192, dOut: 192, method: 'mora' },
  ...{ moraType: 6, rHat: 55, parameters: 3025, rankBound: 192, effectiveRank: 120, stableRank: 30, countAbove: 100 },
  ...{ energyRank: 80, frobenius: 3, singularValues: [2, 1, 0.5] },
};
const LORA: ModuleSpectrum = { ...SPECTRUM, method: 'lora', rank: 8, parameters: 3072, rankBound: 8, effectiveRank: 6 };

let root: string;
const open: { dispose(): void }[] = [];

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'mora-rank-'));
});
afterEach(async () => {
  for (const owner of open.splice(0)) owner.dispose();
  await rm(root, { recursive: true, force: true });
});

const line = (step: number, spectrum: ModuleSpectrum = SPECTRUM): string =>
  `${JSON.stringify({ kind: 'spectrum', step, ...spectrum })}\n`;

async function makeRun(): Promise<void> {
  const alive = { pid: process.pid, host: hostname(), totalSteps: 9 };
  await writeStatus(join(root, 'status.json'), runStatus(alive));
}

const inspection = (modules: readonly ModuleSpectrum[]): Inspection => ({
  path: '',
  kind: 'adapter',
  modules,
  tensors: [],
  metadata: {},
  warnings: [],
});

function view(path: string, step: number | null, editor: Partial<RankSessionEditor> = {}) {
  const sources = vi.fn<(sources: Sources) => void>();
  const problem = vi.fn<(text: string) => void>();
  const session: RankSession = new RankSession(path, step, {
    post: (message) => void Promise.resolve().then(() => channel.receive(structuredClone(message))),
    inspect: async () => inspection([SPECTRUM]),
    pickOther: async () => undefined,
    saveCsv: vi.fn(),
    openRun: vi.fn(),
    describe: vi.fn(),
    reportError: vi.fn(),
    ...editor,
  });
  const channel = new Channel<RankViewEnd, RankHostEnd>(
    (message) => session.receive(structuredClone(message)),
    {
      requests: {},
      events: {
        sources: { parse: (body) => body as Sources, hear: sources },
        problem: { parse: String, hear: problem },
      },
    },
    () => undefined,
  );
  open.push(session, channel);
  return { channel, session, sources, problem };
}

describe('a rank view', () => {
  it('shows the checkpoints of a run and hears of new ones', async () => {
    await makeRun();
    await writeFile(join(root, 'spectra.jsonl'), line(100) + line(200, { ...SPECTRUM, effectiveRank: 140 }));
    const { channel, sources } = view(root, 100);
    const first = await channel.request('open', { other: null });
    expect(first).toMatchObject({ openedAt: 100, other: null, primary: { kind: 'run', steps: [100, 200] } });
    expect(first.primary.extents.effectiveRank).toEqual([120, 140]);
    expect(await channel.request('cells', { side: 'primary', step: 200 })).toMatchObject([{ effectiveRank: 140 }]);
    const spectrum = await channel.request('spectrum', { side: 'primary', step: 100, layer: 0, module: 'q_proj' });
    expect(Array.from(spectrum!.singularValues)).toEqual([2, 1, 0.5]);
    expect(spectrum!.trend).toEqual([
      { step: 100, effectiveRank: 120 },
      { step: 200, effectiveRank: 140 },
    ]);
    await appendFile(join(root, 'spectra.jsonl'), line(300));
    await vi.waitFor(() => expect(sources.mock.lastCall?.[0].primary.steps).toEqual([100, 200, 300]), 5000);
  });

  it('keeps the checkpoints it has read when the run directory is deleted', async () => {
    await makeRun();
    await writeFile(join(root, 'spectra.jsonl'), line(100));
    const { channel } = view(root, null);
    await channel.request('open', { other: null });
    await rm(root, { recursive: true });
    const again = await channel.request('open', { other: null });
    expect(again.primary.steps).toEqual([100]);
    expect(await channel.request('cells', { side: 'primary', step: 100 })).toHaveLength(1);
  });

  it('shows an adapter folder as the engine sees it, and another laid over it', async () => {
    const { channel, sources } = view(root, null, {
      pickOther: async () => join(root, 'lora'),
      inspect: async (path) => inspection([path.endsWith('lora') ? LORA : SPECTRUM]),
    });
    expect((await channel.request('open', { other: null })).primary.method).toBe('MoRA (rotation, r̂ 55)');
    channel.event('chooseOther', null);
    await vi.waitFor(() => expect(sources.mock.lastCall?.[0].other?.method).toBe('LoRA (r 8)'));
    expect(await channel.request('cells', { side: 'other', step: 0 })).toMatchObject([{ method: 'lora', rank: 8 }]);
  });

  it('tells the user when there is no adapter', async () => {
    const { channel } = view(root, null, { inspect: async () => inspection([]) });
    await expect(channel.request('open', { other: null })).rejects.toMatchObject({ forUser: true });
  });

  it('opens without the source beside it when that is gone', async () => {
    const { channel } = view(root, null, {
      inspect: async (path) => {
        if (path !== root) throw new Error('gone');
        return inspection([SPECTRUM]);
      },
    });
    expect(await channel.request('open', { other: join(root, 'old') })).toMatchObject({ other: null });
  });
});

describe('what a cell is compared with', () => {
  it('is LoRA with as many parameters: r = parameters / (dIn + dOut)', () => {
    expect(loraBound(LORA)).toBe(8);
    expect(loraBound(SPECTRUM)).toBe(8); // r̂² = 3025 of 3072
    expect(loraBound({ parameters: 9, dIn: 192, dOut: 192 })).toBe(1);
    expect(loraBound({ parameters: 192 * 192, dIn: 192, dOut: 192 })).toBe(96);
  });

  it('names a method with the range of its r̂', () => {
    const source = new RankSource('/run', 'run');
    source.add(1, SPECTRUM);
    source.add(1, { ...SPECTRUM, module: 'gate_proj', rHat: 75 });
    expect(describeMethod(source.cells(1))).toBe('MoRA (rotation, r̂ 55 to 75)');
    expect(source.cells(1)[0]!.multiple).toBe(15);
  });
});

it('exports every spectrum as CSV', () => {
  const source = new RankSource('/runs/a,b', 'adapter');
  source.add(3, SPECTRUM);
  expect([...rankCsv([source])].join('')).toBe(
    'source,step,layer,module,method,dIn,dOut,rHat,rank,parameters,rankBound,loraBound,effectiveRank,stableRank,' +
      'countAbove,energyRank,frobenius,singularValues\n' +
      '"a,b",3,0,q_proj,mora,192,192,55,,3025,192,8,120,30,100,80,3,2 1 0.5\n',
  );
});
