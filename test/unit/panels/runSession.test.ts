import { appendFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { UserError } from '../../../src/config/userError';
import { configurationDifferences } from '../../../src/host/panels/configurationDifference';
import { runCsv } from '../../../src/host/panels/runCsv';
import { RunSession, type RunSessionEditor } from '../../../src/host/panels/runSession';
import { RunSource } from '../../../src/host/panels/runSource';
import type { RunHostEnd, RunPanelEnd, RunSnapshot, RunView } from '../../../src/host/protocol/runPanel';
import { atomicWrite } from '../../../src/run/atomicWrite';
import { writeStatus, type RunStatus } from '../../../src/run/status';
import { Channel } from '../../../src/host/protocol/channel';
import { runStatus } from '../../support/runStatus';

const WHOLE: RunView = {
  axis: 'step',
  range: { kind: 'all' },
  smoothing: 0,
  columns: 400,
  smallColumns: 100,
  overlays: [],
};

let root: string;
const open: { dispose(): void }[] = [];

beforeEach(async () => {
  root = join(await mkdtemp(join(tmpdir(), 'mora-run-')), '20260131-142501-pronounce');
  await mkdir(join(root, 'checkpoints'), { recursive: true });
});
afterEach(async () => {
  for (const owner of open.splice(0)) owner.dispose();
  await rm(join(root, '..'), { recursive: true, force: true });
});

function stepLine(step: number, loss: number | null = 1 / step): string {
  return `${JSON.stringify({
    ...{ kind: 'step', step, epoch: step / 10, tokens: 100, supervisedTokens: 60, loss, learningRate: 1e-3 },
    ...{ gradNorm: loss, tokensPerSecond: 50, residentBytes: 2 ** 30, seconds: 2 * step },
  })}\n`;
}
function evaluationLine(step: number, loss: number): string {
  return `${JSON.stringify({ kind: 'evaluation', step, loss, accuracy: 0.5 })}\n`;
}
const lines = (from: number, to: number): string =>
  Array.from({ length: to - from + 1 }, (_, index) => stepLine(from + index)).join('');

async function status(change: Partial<RunStatus> = {}): Promise<void> {
  const alive = { pid: process.pid, host: hostname(), updatedAt: new Date().toISOString() };
  const figures = { totalSteps: 100, secondsLeft: 9, trainableParameters: 7 };
  await writeStatus(join(root, 'status.json'), runStatus({ ...alive, ...figures, ...change }));
}

/** A panel, connected to a session on the run, that keeps the snapshots it is sent. */
function panel(editor: Partial<RunSessionEditor> = {}) {
  const snapshots: RunSnapshot[] = [];
  const overlays = vi.fn();
  const session: RunSession = new RunSession(root, {
    post: (message) => void Promise.resolve().then(() => channel.receive(structuredClone(message))),
    control: vi.fn(),
    open: vi.fn(),
    pickRuns: async () => undefined,
    saveCsv: vi.fn(),
    saveTensorBoard: vi.fn(),
    savePng: vi.fn(),
    describe: vi.fn(),
    reportError: (error) => {
      throw error;
    },
    ...editor,
  });
  const channel = new Channel<RunPanelEnd, RunHostEnd>(
    (message) => session.receive(structuredClone(message)),
    {
      requests: {},
      events: {
        snapshot: { parse: (body) => body as RunSnapshot, hear: (snapshot) => snapshots.push(snapshot) },
        overlays: { parse: (body) => body as string[], hear: overlays },
      },
    },
    () => undefined,
  );
  open.push(session, channel);
  return { session, channel, snapshots, overlays };
}

describe('a run panel', () => {
  it('shows the whole run, with validation at its step on every axis', async () => {
    await status();
    await writeFile(join(root, 'metrics.jsonl'), lines(1, 20) + evaluationLine(20, 0.5) + stepLine(21));
    const { channel } = panel();
    const snapshot = await channel.request('look', { ...WHOLE, axis: 'tokens' });
    expect(snapshot.facts).toMatchObject({ name: 'pronounce', state: 'running', step: 21, points: 21, problem: null });
    expect(snapshot.extent).toEqual({ from: 100, to: 2100 });
    expect(Array.from(snapshot.runs[0]!.validation.x)).toEqual([2000]);
    expect(snapshot.figures.validation).toMatchObject({ last: 0.5, best: { value: 0.5, step: 20 } });
    const seconds = await channel.request('look', { ...WHOLE, axis: 'seconds' });
    expect(Array.from(seconds.runs[0]!.validation.x)).toEqual([40]);
  });

  it('gives a live run room to grow, so that its axis stays from step to step, and a finished one none', async () => {
    await status();
    await writeFile(join(root, 'metrics.jsonl'), lines(1, 1000));
    const { channel, snapshots } = panel();
    const first = await channel.request('look', WHOLE);
    expect(first).toMatchObject({ newest: 1000, span: { from: 1, to: 1000 } }); // 125 steps of 1024 / 128
    await appendFile(join(root, 'metrics.jsonl'), stepLine(1001));
    await vi.waitFor(() => expect(snapshots.at(-1)).toMatchObject({ newest: 1001, span: { from: 1, to: 1008 } }), 2000);
    expect(snapshots.at(-1)?.extent).toEqual({ from: 1, to: 1001 });
    await status({ state: 'finished' });
    await vi.waitFor(() => expect(snapshots.at(-1)?.span).toEqual({ from: 1, to: 1001 }), 2000);
  });

  it('tells what is new while it is asked over and over, as in zooming', async () => {
    await status();
    await writeFile(join(root, 'metrics.jsonl'), lines(1, 20));
    const { channel, snapshots } = panel();
    await channel.request('look', WHOLE);
    await appendFile(join(root, 'metrics.jsonl'), stepLine(21));
    for (let time = 0; time < 40 && snapshots.length === 0; time++) {
      await channel.request('look', WHOLE);
      await sleep(50);
    }
    expect(snapshots[0]?.facts.step).toBe(21);
  });

  it('keeps what it has read, and says so, when the run directory is deleted', async () => {
    await status();
    await writeFile(join(root, 'metrics.jsonl'), lines(1, 20));
    const { channel, snapshots } = panel();
    await channel.request('look', WHOLE);
    await rm(root, { recursive: true });
    await vi.waitFor(() => expect(snapshots.at(-1)?.facts.state).toBe('unknown'), 2000);
    const { facts, runs } = await channel.request('look', { ...WHOLE, axis: 'tokens' });
    expect(facts.problem?.sentence).toContain('is gone');
    expect(runs[0]!.loss.x).toHaveLength(20);
    await mkdir(root);
    await status({ state: 'paused' });
    await vi.waitFor(() => expect(snapshots.at(-1)?.facts).toMatchObject({ state: 'paused', problem: null }), 4000);
  });

  it('fills by itself when files that could not be read can be read', async () => {
    await status();
    await rm(join(root, 'checkpoints'), { recursive: true });
    await writeFile(join(root, 'checkpoints'), 'not a folder');
    const { channel, snapshots } = panel({ reportError: vi.fn() });
    await expect(channel.request('look', WHOLE)).rejects.toThrow('ENOTDIR');
    await rm(join(root, 'checkpoints'));
    await vi.waitFor(() => expect(snapshots.at(-1)?.facts.state).toBe('running'), 2000);
  });

  it('shows a run whose status is half written, and the status once it is whole', async () => {
    await writeFile(join(root, 'status.json'), '{"version": 1, "sta');
    await writeFile(join(root, 'metrics.jsonl'), lines(1, 3) + stepLine(4).slice(0, 20));
    const { channel, snapshots } = panel();
    const { facts } = await channel.request('look', WHOLE);
    expect(facts).toMatchObject({ state: 'unknown', points: 3 });
    await status();
    await vi.waitFor(() => expect(snapshots.at(-1)?.facts).toMatchObject({ state: 'running', problem: null }), 4000);
  });

  it('says that a newer version wrote the run, shows what it can read, and offers no control', async () => {
    await writeFile(join(root, 'status.json'), JSON.stringify({ version: 2, state: 'running', soul: 'new' }));
    await writeFile(join(root, 'metrics.jsonl'), lines(1, 5) + '{"kind":"dream","step":6}\n');
    const { channel, snapshots } = panel();
    const { facts, runs } = await channel.request('look', WHOLE);
    expect(facts).toMatchObject({ state: 'unknown', step: 5, points: 5 });
    expect(facts.problem?.sentence).toContain('newer MoRA Studio');
    expect(facts.problem?.sentence).toContain('version 2');
    expect(runs[0]!.loss.x).toHaveLength(5);
    await status();
    await vi.waitFor(() => expect(snapshots.at(-1)?.facts).toMatchObject({ state: 'running', problem: null }), 4000);
  });

  it('marks the ends of epochs and the merges on every axis', async () => {
    await status();
    const configuration = { model: 'm', data: { train: 't' }, training: { remora: { mergeEvery: 8 } } };
    await writeFile(join(root, 'config.json'), JSON.stringify(configuration));
    await writeFile(join(root, 'metrics.jsonl'), lines(1, 24));
    const { channel } = panel();
    const byStep = await channel.request('look', WHOLE);
    expect(byStep.epochs).toEqual([
      { epoch: 1, x: 10 },
      { epoch: 2, x: 20 },
    ]);
    // After the last step nothing was merged yet.
    expect(byStep.merges).toEqual([
      { step: 8, x: 8 },
      { step: 16, x: 16 },
    ]);
    const bySeconds = await channel.request('look', { ...WHOLE, axis: 'seconds' });
    expect(bySeconds.epochs.map(({ x }) => x)).toEqual([20, 40]);
    expect(bySeconds.merges.map(({ x }) => x)).toEqual([16, 32]);
  });

  it('leaves out a metrics line that is cut in the middle, and takes it when it is whole', async () => {
    await status();
    await writeFile(join(root, 'metrics.jsonl'), lines(1, 3) + stepLine(4).slice(0, 40));
    const { channel, snapshots } = panel();
    expect((await channel.request('look', WHOLE)).facts.points).toBe(3);
    await appendFile(join(root, 'metrics.jsonl'), stepLine(4).slice(40));
    await vi.waitFor(() => expect(snapshots.at(-1)?.facts.points).toBe(4), 2000);
  });

  it('answers a control that fails with its error', async () => {
    await status();
    const { channel } = panel({
      control: async () => {
        throw new UserError('The run does not answer.');
      },
    });
    await expect(channel.request('control', 'sample')).rejects.toThrow('The run does not answer.');
  });

  it('is told of new steps while it is visible, and of nothing while hidden, and then catches up', async () => {
    await status();
    await writeFile(join(root, 'metrics.jsonl'), lines(1, 3));
    const { channel, session, snapshots } = panel();
    await channel.request('look', WHOLE);
    await appendFile(join(root, 'metrics.jsonl'), lines(4, 6));
    await vi.waitFor(() => expect(snapshots.at(-1)?.facts.points).toBe(6), 2000);
    session.setVisible(false);
    const heard = snapshots.length;
    await appendFile(join(root, 'metrics.jsonl'), lines(7, 9));
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(snapshots).toHaveLength(heard);
    session.setVisible(true);
    await vi.waitFor(() => expect(snapshots.at(-1)?.facts.points).toBe(9), 2000);
  });

  it('starts over when the run went back to a checkpoint, also when the file is longer than before by then', async () => {
    await status();
    const file = join(root, 'metrics.jsonl');
    await writeFile(file, lines(1, 20));
    const { channel, snapshots } = panel();
    await channel.request('look', WHOLE);
    await writeFile(file, lines(1, 10));
    await vi.waitFor(() => expect(snapshots.at(-1)?.facts.points).toBe(10), 2000);
    await atomicWrite(file, lines(1, 5) + stepLine(6, 77) + lines(7, 30));
    await vi.waitFor(() => expect(snapshots.at(-1)?.facts.points).toBe(30), 2000);
    expect(snapshots.at(-1)!.runs[0]!.loss.y[5]).toBe(77);
  });

  it('says what failed and what to do, and where the loss stopped being a number', async () => {
    await writeFile(join(root, 'metrics.jsonl'), lines(1, 3) + stepLine(4, null));
    await mkdir(join(root, 'checkpoints', 'step-0000002'));
    await status({ state: 'failed', error: 'The disk is full.' });
    const first = await panel().channel.request('look', WHOLE);
    expect(first.facts.problem).toEqual({
      sentence: 'The disk is full.',
      advice: 'Mend the cause, then resume from the checkpoint of step 2.',
    });
    await status();
    const second = await panel().channel.request('look', WHOLE);
    expect(second.facts.problem?.sentence).toBe('The loss is not a number since step 4.');
    expect(second.runs[0]!.loss.y[3]).toBeNaN();
  });

  it('knows a run whose process is gone', async () => {
    await status({ pid: 2 ** 22 + 1 });
    expect((await panel().channel.request('look', WHOLE)).facts.state).toBe('interrupted');
  });

  it('follows the newest point in a window of fixed width', async () => {
    await status();
    await writeFile(join(root, 'metrics.jsonl'), lines(1, 50));
    const { channel } = panel();
    const { span } = await channel.request('look', { ...WHOLE, range: { kind: 'trailing', width: 10 } });
    expect(span).toEqual({ from: 40, to: 50 });
  });

  it('reads exact values at the step nearest to the crosshair', async () => {
    await status();
    await writeFile(join(root, 'metrics.jsonl'), lines(1, 50) + evaluationLine(40, 0.25));
    const { channel } = panel();
    await channel.request('look', WHOLE);
    const [values] = await channel.request('readout', { axis: 'seconds', x: 62.9, smoothing: 0.5 });
    expect(values).toMatchObject({ step: 31, tokens: 3100, loss: 1 / 31, validation: { step: 40, loss: 0.25 } });
  });

  it('refuses a view that it cannot draw', async () => {
    const { channel } = panel({ reportError: () => undefined });
    await expect(channel.request('look', { ...WHOLE, columns: 1e9 })).rejects.toThrow();
    await expect(channel.request('look', { ...WHOLE, axis: 'x' as 'step' })).rejects.toThrow();
  });

  it('lays other runs over it', async () => {
    await status();
    await writeFile(join(root, 'metrics.jsonl'), lines(1, 5));
    const { channel, overlays } = panel({ pickRuns: async () => [root] });
    channel.event('chooseOverlays', null);
    await vi.waitFor(() => expect(overlays).toHaveBeenCalledWith([root]));
    expect((await channel.request('look', { ...WHOLE, overlays: [root] })).runs).toHaveLength(2);
  });
});

it('sums up each run for the table that compares them, by its own points alone', async () => {
  await status({ trainableParameters: 7 });
  await writeFile(
    join(root, 'metrics.jsonl'),
    stepLine(1, 4) +
      evaluationLine(1, 3) +
      stepLine(2, 2) +
      evaluationLine(2, 1.5) +
      stepLine(4, 3) +
      evaluationLine(4, 2),
  );
  const empty = join(root, '..', '20260131-150000-other');
  await mkdir(empty);
  const { channel } = panel();
  const { runs } = await channel.request('look', { ...WHOLE, smoothing: 0.5, overlays: [empty] });
  // The unbiased average of 4, 2, 3 with weight ½ is (4/8 + 2/4 + 3/2) / (1 - 1/8).
  expect(runs[0]?.summary).toEqual({
    ...{ method: '', state: 'running', step: 4, tokens: 300, seconds: 8, loss: 3, validation: 2, accuracy: 0.5 },
    ...{ smoothed: expect.closeTo(2.5 / 0.875, 12) as number, bestValidation: 1.5, bestValidationStep: 2 },
    ...{ tokensPerSecond: 37.5, peakBytes: 2 ** 30, trainableParameters: 7 },
  });
  expect(runs[1]?.summary).toMatchObject({ state: 'unknown', step: NaN, loss: NaN, smoothed: NaN, peakBytes: NaN });
});

it('lays over a run what was named before its panel could hear, once, and never itself', async () => {
  await status();
  const { session, channel, overlays } = panel();
  session.overlay([root, '/a', '/b']);
  await channel.request('look', WHOLE);
  expect(overlays).toHaveBeenCalledExactlyOnceWith(['/a', '/b']);
  await channel.request('look', WHOLE);
  session.overlay(['/c']);
  await vi.waitFor(() => expect(overlays).toHaveBeenLastCalledWith(['/c']));
  expect(overlays).toHaveBeenCalledTimes(2);
});

it('exports every point as CSV, a missing value as nothing', async () => {
  await status({ configurationFile: 'a "b",c.mora.json' });
  await writeFile(join(root, 'metrics.jsonl'), stepLine(1) + stepLine(2, null) + evaluationLine(2, 0.5));
  const source = new RunSource(root);
  await source.poll();
  expect([...runCsv([source])].join('')).toBe(
    [
      'run,kind,step,epoch,tokens,seconds,loss,accuracy,learning_rate,gradient_norm,tokens_per_second,resident_bytes',
      '"a ""b"",c",step,1,0.1,100,2,1,,0.001,1,50,1073741824',
      '"a ""b"",c",step,2,0.2,200,4,,,0.001,,50,1073741824',
      '"a ""b"",c",evaluation,2,0.2,200,4,0.5,0.5,,,,',
      '',
    ].join('\n'),
  );
});

it('finds the fields in which configurations differ', () => {
  const base = { model: 'm', adapter: { rank: 8, modules: ['q', 'k'] } };
  expect(
    configurationDifferences([base, { ...base, adapter: { rank: 16, modules: ['q'] } }, { ...base, extra: true }]),
  ).toEqual([
    { field: 'adapter.rank', values: ['8', '16', '8'] },
    { field: 'adapter.modules', values: ['["q","k"]', '["q"]', '["q","k"]'] },
    { field: 'extra', values: [null, null, 'true'] },
  ]);
});
