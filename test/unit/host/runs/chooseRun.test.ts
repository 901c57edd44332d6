import { describe, expect, it, vi } from 'vitest';
import { chooseRun } from '../../../../src/host/runs/chooseRun';
import type { RunStore } from '../../../../src/host/runs/runStore';
import type { Run } from '../../../../src/run/run';

vi.mock('vscode', () => ({
  Uri: class {},
  l10n: {
    t: (text: string, ...values: string[]) => values.reduce((all, value, i) => all.replace(`{${i}}`, value), text),
  },
}));

const ROOT = '/project/.mora/runs/a';
const run = (state: string): Run => ({ root: ROOT, name: 'a', state }) as unknown as Run;
const isPaused = ({ state }: Run): boolean => state === 'paused';

/** A store that last saw the run running; on the disk it is paused. */
function storeThatIsLate() {
  let known = run('running');
  const read = (): Promise<void> => {
    known = run('paused');
    return Promise.resolve();
  };
  const store = {
    unread: 0,
    get: () => known,
    read,
    readActive: read,
    scanned: () => Promise.resolve(),
    list: () => Promise.resolve({ runs: [known], rest: 0 }),
  };
  return store as unknown as RunStore;
}

describe('a command on a run whose state changed after the last look', () => {
  it('finds it by what it is doing now', async () => {
    expect(await chooseRun(storeThatIsLate(), undefined, isPaused, 'Which?')).toMatchObject({ state: 'paused' });
  });

  it('takes the row that it was given by what it is doing now', async () => {
    expect(await chooseRun(storeThatIsLate(), ROOT, isPaused, 'Which?')).toMatchObject({ state: 'paused' });
  });
});
