import { appendFile, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { rankCsv } from '../../../src/host/panels/rankCsv';
import { RankSession, type RankSessionEditor } from '../../../src/host/panels/rankSession';
import { differenceKey } from '../../../src/host/panels/rankKey';
import { describeMethod, loraBound, RankSource } from '../../../src/host/panels/rankSource';
import {
  DEFAULT_SETTINGS,
  type CellMap,
  type RankHostEnd,
  type RankViewEnd,
  type Sources,
} from '../../../src/host/protocol/rankView';
import type { EngineService } from '../../../src/engine/rpc/engineService';
import type { Inspection } from '../../../src/engine/rpc/inspection';
import type { ModuleSpectrum } from '../../../src/run/spectra';
import { UserError } from '../../../src/config/userError';
import { writeStatus } from '../../../src/run/status';
import { Channel } from '../../../src/host/protocol/channel';
import { runStatus } from '../../support/runStatus';

const SPECTRUM: ModuleSpectrum = {
  ...{ name: 'model.layers.0.self_attn.q_proj', layer: 0, module: 'q_proj', dIn: 192, dOut: 192, method: 'mora' },
  ...{ moraType: 6, rHat: 55, parameters: 3025, rankBound: 192, effectiveRank: 120, stableRank: 30, countAbove: 100 },
  ...{ energyRank: 80, frobenius: 3, singularValues: [2, 1, 0.5] },
};
const LORA: ModuleSpectrum = { ...SPECTRUM, method: 'lora', rank: 8, parameters: 3072, rankBound: 8, effectiveRank: 6 };

const settings = DEFAULT_SETTINGS;

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
  const problems = vi.fn<(sentences: readonly string[]) => void>();
  const session: RankSession = new RankSession(path, step, {
    post: (message) => void Promise.resolve().then(() => channel.receive(structuredClone(message))),
    inspect: async () => inspection([SPECTRUM]),
    alone: () => Promise.reject(new Error('no engine here')),
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
        problems: { parse: (body) => body as readonly string[], hear: problems },
      },
    },
    () => undefined,
  );
  open.push(session, channel);
  return { channel, session, sources, problems };
}

describe('a rank view', () => {
  it('shows the checkpoints of a run and hears of new ones', async () => {
    await makeRun();
    await writeFile(join(root, 'spectra.jsonl'), line(100) + line(200, { ...SPECTRUM, effectiveRank: 140 }));
    const { channel, sources } = view(root, 100);
    const first = await channel.request('open', { other: null });
    expect(first).toMatchObject({ openedAt: 100, other: null, primary: { kind: 'run', steps: [100, 200] } });
    const map = await channel.request('cells', { side: 'primary', step: 200, settings });
    expect(map.cells).toMatchObject([{ effectiveRank: 140 }]);
    expect(map.extents.effectiveRank).toEqual([120, 140]);
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
    expect((await channel.request('cells', { side: 'primary', step: 100, settings })).cells).toHaveLength(1);
  });

  it('shows an adapter folder as the engine sees it, and another laid over it', async () => {
    const { channel, sources } = view(root, null, {
      pickOther: async () => join(root, 'lora'),
      inspect: async (path) => inspection([path.endsWith('lora') ? LORA : SPECTRUM]),
    });
    expect((await channel.request('open', { other: null })).primary.method).toBe('MoRA (Rotation, r̂ 55)');
    channel.event('chooseOther', null);
    await vi.waitFor(() => expect(sources.mock.lastCall?.[0].other?.method).toBe('LoRA (r 8)'));
    const { cells } = await channel.request('cells', { side: 'other', step: 0, settings });
    expect(cells).toMatchObject([{ method: 'lora', rank: 8 }]);
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
    expect(describeMethod(source.cells(1, settings))).toBe('MoRA (Rotation, r̂ 55 to 75)');
    expect(source.cells(1, settings)[0]!.multiple).toBe(15);
  });
});

it('exports every spectrum as CSV', () => {
  const source = new RankSource('/runs/a,b', 'adapter');
  source.add(3, { ...SPECTRUM, frobenius: 4 });
  expect([...rankCsv([source])].join('')).toBe(
    'source,step,layer,module,method,dIn,dOut,rHat,rank,parameters,rankBound,loraBound,effectiveRank,stableRank,' +
      'countAbove,energyRank,energyShare,frobenius,relativeNorm,intruders,residual,singularValues\n' +
      // The values hold 5.25 / 16 of the norm that the line gives, less than any share asked for.
      '"a,b",3,0,q_proj,mora,192,192,55,,3025,192,8,120,30,3,3,0.328125,4,,,,2 1 0.5\n',
  );
});

describe('a source of any origin', () => {
  const source = (spectrum: Partial<ModuleSpectrum> = {}): RankSource => {
    const made = new RankSource('/run', 'run');
    made.add(1, { ...SPECTRUM, frobenius: Math.sqrt(14), singularValues: [1, 3, 2], ...spectrum });
    return made;
  };

  it('counts by the numbers that the view sets, whatever the order of the values', () => {
    const [cell] = source().cells(1, { ...settings, threshold: 1.5, energyShare: 0.6 });
    // 9, 13 and 14 of 14.
    expect(cell).toMatchObject({ countAbove: 2, energyRank: 1 });
    expect(source().cells(1, { ...settings, energyShare: 0.7 })[0]).toMatchObject({ energyRank: 2 });
    expect(Array.from(source().spectrum(1, 0, 'q_proj')!.singularValues)).toEqual([3, 2, 1]);
  });

  it('has relative norms and intruders once they are known', () => {
    const known = source();
    expect(known.cells(1, settings)[0]).toMatchObject({ relativeNorm: null, intruders: null });
    expect(known.withoutCosines(1, null, 10)).toEqual([SPECTRUM.name]);
    known.setBaseNorm(SPECTRUM.name, 2 * Math.sqrt(14));
    known.setCosines(1, SPECTRUM.name, [0.3, 0.9, 0.59, ...Array.from({ length: 29 }, () => 0.1)]);
    expect(known.lacksNorms).toBe(false);
    expect(known.withoutCosines(1, null, 10)).toEqual([]);
    expect(known.cells(1, { ...settings, top: 3 })[0]).toMatchObject({ relativeNorm: 0.5, intruders: 2 });
    expect(known.cells(1, { ...settings, top: 2, epsilon: 0.2 })[0]).toMatchObject({ intruders: 0 });
    expect(known.map(1, settings).extents.intruders).toEqual([9, 9]);
  });

  it('says how many lines of a run could not be read, and shows the rest', async () => {
    await makeRun();
    const lines = [
      '{"kind":"spectrum","step":NaN}',
      line(100).slice(0, 40),
      line(100).replace('[2,1,0.5]', '[2,1e999]'),
    ];
    await writeFile(join(root, 'spectra.jsonl'), `${lines.map((text) => text.trim()).join('\n')}\n${line(200)}`);
    const { channel } = view(root, null);
    const { primary } = await channel.request('open', { other: null });
    expect(primary.steps).toEqual([200]);
    expect(primary.warnings.join()).toMatch(/spectra\.jsonl: 3 lines could not be read/);
  });

  it('says that a run has gone while it is shown, and takes it back when it is there again', async () => {
    await makeRun();
    await writeFile(join(root, 'spectra.jsonl'), line(100));
    const { channel, sources } = view(root, null);
    await channel.request('open', { other: null });
    const away = `${root}-away`;
    await rename(root, away);
    const told = (): Sources | undefined => sources.mock.lastCall?.[0];
    try {
      await vi.waitFor(() => expect(told()?.primary.warnings).toEqual([`${root}: is gone; what is shown is what was read of it.`]), 10_000); // prettier-ignore
      expect(told()?.primary.steps).toEqual([100]);
    } finally {
      await rename(away, root);
    }
    await vi.waitFor(() => expect(told()?.primary.warnings).toEqual([]), 10_000);
  });

  it('reads an adapter again that changes while it is shown, and says when it is gone', async () => {
    const file = join(root, 'adapter_model.safetensors');
    await writeFile(file, 'first');
    const inspect = vi.fn(async () => inspection([SPECTRUM]));
    const { channel, sources } = view(root, null, { inspect });
    await channel.request('open', { other: null });
    inspect.mockResolvedValue(inspection([SPECTRUM, { ...SPECTRUM, layer: 1, name: 'model.layers.1.q_proj' }]));
    await writeFile(file, 'written later');
    await vi.waitFor(() => expect(inspect).toHaveBeenCalledTimes(2), 10_000);
    const map = (): Promise<CellMap> => channel.request('cells', { side: 'primary', step: 0, settings });
    await vi.waitFor(async () => expect((await map()).cells).toHaveLength(2), 10_000);
    await rm(file);
    await vi.waitFor(() => expect(sources.mock.lastCall?.[0].primary.warnings.join()).toMatch(/is gone/), 10_000);
  });

  it('says that a changed adapter cannot be read as long as it cannot', async () => {
    const file = join(root, 'adapter_model.safetensors');
    await writeFile(file, 'first');
    const inspect = vi.fn(async () => inspection([SPECTRUM]));
    const { channel, problems } = view(root, null, { inspect });
    await channel.request('open', { other: null });
    inspect.mockRejectedValue(new UserError('broken'));
    await writeFile(file, 'cut');
    await vi.waitFor(() => expect(inspect.mock.calls.length).toBeGreaterThan(4), 10_000);
    expect(problems).toHaveBeenLastCalledWith(['broken']);
    inspect.mockResolvedValue(inspection([LORA]));
    await vi.waitFor(() => expect(problems).toHaveBeenLastCalledWith([]), 10_000);
    const map = await channel.request('cells', { side: 'primary', step: 0, settings });
    expect(map.cells).toMatchObject([{ method: 'lora' }]);
  });

  it('takes thousands of modules', async () => {
    await makeRun();
    const many = Array.from({ length: 5000 }, (_, i) => line(1, { ...SPECTRUM, layer: i, name: `layers.${i}` }));
    await writeFile(join(root, 'spectra.jsonl'), many.join(''));
    const { channel } = view(root, null);
    await channel.request('open', { other: null });
    expect((await channel.request('cells', { side: 'primary', step: 1, settings })).cells).toHaveLength(5000);
  });
});

it('lists modules layer by layer in the order of a block, whatever that of the files', () => {
  const source = new RankSource('adapter', 'adapter');
  for (const [layer, module] of [
    [10, 'q_proj'],
    [2, 'up_proj'],
    [2, 'down_proj'],
    [2, 'other'],
    [2, 'gate_proj'],
    [2, 'q_proj'],
  ] as const)
    source.add(0, { ...SPECTRUM, layer, module, name: `${layer} ${module}` });
  expect(source.cells(0, settings).map(({ name }) => name)).toEqual([
    ...['2 q_proj', '2 gate_proj', '2 up_proj', '2 down_proj', '2 other', '10 q_proj'],
  ]);
});

describe('long work', () => {
  const difference = differenceKey({ base: '/models/base', tuned: '/models/tuned' });

  it('fills the view of a difference as it comes, and keeps what was found when it is cancelled', async () => {
    const { channel, sources } = view(difference, null, {
      alone: (work, signal) =>
        work({
          difference: async (_: unknown, onProgress: (news: unknown) => void) => {
            onProgress({ done: 1, total: 4, module: 'next', found: [{ ...SPECTRUM, method: 'full', residual: 1 }] });
            await new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('over'))));
          },
        } as unknown as EngineService),
    });
    const opened = await channel.request('open', { other: null });
    expect(opened.primary).toMatchObject({ kind: 'difference', name: 'tuned − base' });
    await vi.waitFor(() => expect(sources.mock.lastCall?.[0].primary.work).toMatchObject({ done: 1, total: 4 }));
    channel.event('cancel', null);
    await vi.waitFor(() => expect(sources.mock.lastCall?.[0].primary.work).toBeNull());
    expect(sources.mock.lastCall![0].primary.warnings.join()).toMatch(/was cancelled/);
    const { cells } = await channel.request('cells', { side: 'primary', step: 0, settings });
    expect(cells).toMatchObject([{ residual: 1, known: 3, method: 'full' }]);
  });

  it('computes a difference anew that was cancelled, when it is asked for', async () => {
    let attempts = 0;
    const { channel, sources } = view(difference, null, {
      alone: (work, signal) =>
        work({
          difference: async (_: unknown, onProgress: (news: unknown) => void) => {
            attempts++;
            onProgress({ done: 1, total: 2, module: 'next', found: [{ ...SPECTRUM, method: 'full' }] });
            if (attempts === 1)
              await new Promise((_resolve, reject) =>
                signal.addEventListener('abort', () => reject(new Error('over'))),
              );
            onProgress({ done: 2, total: 2, module: '', found: [{ ...SPECTRUM, layer: 1, method: 'full' }] });
            return { modules: [], warnings: [] };
          },
        } as unknown as EngineService),
    });
    await channel.request('open', { other: null });
    await vi.waitFor(() => expect(sources.mock.lastCall?.[0].primary.work).toMatchObject({ done: 1 }));
    channel.event('cancel', null);
    await vi.waitFor(() => expect(sources.mock.lastCall?.[0].primary).toMatchObject({ work: null, isPartial: true }));
    channel.event('startDifference', 'primary');
    await vi.waitFor(() =>
      expect(sources.mock.lastCall?.[0].primary).toMatchObject({ work: null, isPartial: false, warnings: [] }),
    );
    expect((await channel.request('cells', { side: 'primary', step: 0, settings })).cells).toHaveLength(2);
    channel.event('startDifference', 'primary');
    await channel.request('open', { other: null });
    expect(attempts).toBe(2);
  });

  it('finds the intruders of one module of the change that is shown', async () => {
    const intruders = vi.fn(async (_: unknown, onProgress: (news: unknown) => void) => {
      onProgress({ done: 1, total: 1, module: '', found: [{ name: SPECTRUM.name, cosines: [0.1, 0.9] }] });
      return { modules: [], warnings: [] };
    });
    const baseNorms = async () => ({ norms: [], bytes: 0 });
    const { channel, sources } = view(root, null, {
      alone: (work) => work({ intruders, baseNorms } as unknown as EngineService),
    });
    await channel.request('open', { other: null });
    channel.event('findIntruders', { side: 'primary', step: 0, place: { layer: 0, module: 'q_proj' }, top: 10 });
    await vi.waitFor(() => expect(intruders).toHaveBeenCalled());
    expect(intruders.mock.calls[0]![0]).toEqual({
      source: { kind: 'adapter', path: root },
      modules: [SPECTRUM.name],
      top: 32,
    });
    await vi.waitFor(async () => {
      expect(sources).toHaveBeenCalled();
      const { cells } = await channel.request('cells', { side: 'primary', step: 0, settings });
      expect(cells[0]!.intruders).toBe(1);
    });
  });

  it('says that the weights of a step are gone', async () => {
    await makeRun();
    await writeFile(join(root, 'spectra.jsonl'), line(100));
    const { channel, problems } = view(root, null);
    await channel.request('open', { other: null });
    channel.event('findIntruders', { side: 'primary', step: 100, place: null, top: 10 });
    await vi.waitFor(() =>
      expect(problems).toHaveBeenLastCalledWith([expect.stringMatching(/checkpoint of step 100 is gone/)]),
    );
  });

  it('takes back that it was cancelled when it is done after all', async () => {
    let attempts = 0;
    const { channel, sources } = view(root, null, {
      alone: (work, signal) =>
        work({
          baseNorms: async () => ({ norms: [], bytes: 0 }),
          intruders: async () => {
            attempts++;
            if (attempts > 1) return { modules: [], warnings: [] };
            return new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('over'))));
          },
        } as unknown as EngineService),
    });
    await channel.request('open', { other: null });
    const find = () =>
      channel.event('findIntruders', { side: 'primary', step: 0, place: { layer: 0, module: 'q_proj' }, top: 10 });
    find();
    await vi.waitFor(() => expect(attempts).toBe(1));
    channel.event('cancel', null);
    await vi.waitFor(() => expect(sources.mock.lastCall?.[0].primary.warnings.join()).toMatch(/was cancelled/));
    find();
    await vi.waitFor(() => expect(attempts).toBe(2));
    await vi.waitFor(() => expect(sources.mock.lastCall?.[0].primary).toMatchObject({ warnings: [], work: null }));
  });
});

describe('a problem', () => {
  const without = () => inspection([]);

  it('goes away when the same thing is tried and goes well', async () => {
    let isThere = false;
    const { channel, problems, sources } = view(root, null, {
      pickOther: async () => join(root, 'lora'),
      inspect: async (path) => (path === root || isThere ? inspection([SPECTRUM]) : without()),
    });
    await channel.request('open', { other: null });
    channel.event('chooseOther', null);
    await vi.waitFor(() => expect(problems).toHaveBeenLastCalledWith([expect.stringMatching(/no adapter in it/)]));
    isThere = true;
    channel.event('chooseOther', null);
    await vi.waitFor(() => expect(problems).toHaveBeenLastCalledWith([]));
    await vi.waitFor(() => expect(sources.mock.lastCall?.[0].other).not.toBeNull());
  });

  it('of a source goes with the source', async () => {
    const { channel, problems } = view(root, null, {
      pickOther: async () => differenceKey({ base: '/models/base', tuned: '/models/tuned' }),
      alone: () => Promise.reject(new UserError('/models/tuned: has no weights; choose another folder.')),
    });
    await channel.request('open', { other: null });
    channel.event('chooseOther', null);
    await vi.waitFor(() => expect(problems).toHaveBeenLastCalledWith([expect.stringMatching(/has no weights/)]));
    channel.event('removeOther', null);
    await vi.waitFor(() => expect(problems).toHaveBeenLastCalledWith([]));
  });

  it('goes when the user has read it, and stays for a view that opens anew', async () => {
    const { channel, problems } = view(root, null, {
      pickOther: async () => join(root, 'lora'),
      inspect: async (path) => (path === root ? inspection([SPECTRUM]) : without()),
    });
    await channel.request('open', { other: null });
    channel.event('chooseOther', null);
    await vi.waitFor(() => expect(problems).toHaveBeenLastCalledWith([expect.stringMatching(/no adapter in it/)]));
    problems.mockClear();
    await channel.request('open', { other: null });
    await vi.waitFor(() => expect(problems).toHaveBeenLastCalledWith([expect.stringMatching(/no adapter in it/)]));
    channel.event('dismissProblems', null);
    await vi.waitFor(() => expect(problems).toHaveBeenLastCalledWith([]));
  });
});
