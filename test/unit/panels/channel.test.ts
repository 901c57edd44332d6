import { describe, expect, it, vi } from 'vitest';
import { UserError } from '../../../src/config/userError';
import { Channel, type Handlers } from '../../../src/host/protocol/channel';

interface HostEnd {
  requests: { double: { params: number; result: number }; refuse: { params: null; result: null } };
  events: { moved: number };
}
interface PanelEnd {
  requests: { width: { params: null; result: number } };
  events: { shown: boolean };
}

const number = (body: unknown): number => {
  if (typeof body !== 'number') throw new Error('not a number');
  return body;
};
const anything = <T>(body: unknown): T => body as T;

function pair(overrides: Partial<Handlers<HostEnd>['requests']> = {}) {
  const moved = vi.fn();
  const shown = vi.fn();
  const errors = vi.fn();
  // structuredClone is what postMessage does to a message.
  const host = new Channel<HostEnd, PanelEnd>(
    (message) => void Promise.resolve().then(() => panel.receive(structuredClone(message))),
    {
      requests: {
        double: { parse: number, answer: (value) => 2 * value },
        refuse: {
          parse: anything<null>,
          answer: () => {
            throw new UserError('There is no run there; choose another folder.');
          },
        },
        ...overrides,
      },
      events: { moved: { parse: number, hear: moved } },
    },
    errors,
  );
  const panel = new Channel<PanelEnd, HostEnd>(
    (message) => void Promise.resolve().then(() => host.receive(structuredClone(message))),
    {
      requests: { width: { parse: anything<null>, answer: async () => 640 } },
      events: { shown: { parse: anything<boolean>, hear: shown } },
    },
    errors,
  );
  return { host, panel, moved, shown, errors };
}

describe('the channel between the host and a panel', () => {
  it('answers requests of both ends', async () => {
    const { host, panel } = pair();
    await expect(panel.request('double', 21)).resolves.toBe(42);
    await expect(host.request('width', null)).resolves.toBe(640);
  });

  it('keeps answers apart that come back in another order', async () => {
    const { panel } = pair({
      double: {
        parse: number,
        answer: async (value) => {
          await new Promise((resolve) => setTimeout(resolve, 10 - value));
          return 2 * value;
        },
      },
    });
    await expect(Promise.all([1, 5, 9].map((value) => panel.request('double', value)))).resolves.toEqual([2, 10, 18]);
  });

  it('carries events and typed arrays', async () => {
    const { host, panel, moved, shown } = pair();
    panel.event('moved', 3);
    host.event('shown', true);
    await vi.waitFor(() => expect(shown).toHaveBeenCalledWith(true));
    expect(moved).toHaveBeenCalledWith(3);
  });

  it('refuses a body of the wrong type with an error, and says so to the log', async () => {
    const { panel, errors } = pair();
    await expect(panel.request('double', 'x' as unknown as number)).rejects.toMatchObject({
      message: 'not a number',
      forUser: false,
    });
    expect(errors).toHaveBeenCalledOnce();
  });

  it('passes a user error on as one, without taking it for a bug', async () => {
    const { panel, errors } = pair();
    await expect(panel.request('refuse', null)).rejects.toMatchObject({
      message: 'There is no run there; choose another folder.',
      forUser: true,
    });
    expect(errors).not.toHaveBeenCalled();
  });

  it('answers a request that it does not know, also one named like a member of every object', async () => {
    const { panel } = pair();
    const ask = panel.request.bind(panel) as (name: string, params: unknown) => Promise<unknown>;
    await expect(ask('nothing', null)).rejects.toThrow('there is no request "nothing"');
    await expect(ask('constructor', null)).rejects.toThrow('there is no request "constructor"');
  });

  it('leaves alone what is no message of ours', () => {
    const { host, errors } = pair();
    for (const message of [null, 1, 'x', {}, { mora: 'other' }, { mora: 'request' }, { mora: 'result', id: 'x' }]) {
      host.receive(message);
    }
    host.receive({ mora: 'result', id: 99, body: 1 });
    expect(errors).not.toHaveBeenCalled();
  });

  it('rejects what waits when the channel closes or no answer comes', async () => {
    const silent = new Channel<PanelEnd, HostEnd>(
      () => undefined,
      {
        requests: { width: { parse: anything<null>, answer: () => 0 } },
        events: { shown: { parse: anything<boolean>, hear: () => undefined } },
      },
      () => undefined,
    );
    await expect(silent.request('double', 1, 5)).rejects.toThrow('not answered');
    const pending = silent.request('double', 1);
    silent.dispose();
    await expect(pending).rejects.toThrow('closed');
    await expect(silent.request('double', 1)).rejects.toThrow('closed');
  });
});
