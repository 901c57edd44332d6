import { describe, expect, it, vi } from 'vitest';
import { FIRST_SAMPLING } from '../../../../src/config/sampling';
import { UserError } from '../../../../src/config/userError';
import type { GenerateParams, Generation } from '../../../../src/engine/rpc/generation';
import type { Participant } from '../../../../src/host/playground/participant';
import { PlaygroundMemory } from '../../../../src/host/playground/playgroundMemory';
import { PlaygroundSession, type PlaygroundEditor } from '../../../../src/host/playground/playgroundSession';
import { Channel, type Envelope } from '../../../../src/host/protocol/channel';
import type { Exchange, PlaygroundHostEnd, PlaygroundViewEnd } from '../../../../src/host/protocol/playground';

const BASE: Participant = { name: 'tiny', detail: 'base model', model: '/tiny', adapter: null, template: null };
const ADAPTED: Participant = {
  ...BASE,
  name: 'words',
  detail: 'step 5',
  adapter: '/run/step',
  template: '/chat.jinja',
};

const generation = (text: string): Generation => ({
  ...{ text, tokens: 2, promptTokens: 3, reason: 'end', warnings: [] },
  seconds: { prompt: 0.1, generation: 0.2 },
});

type Generate = (params: GenerateParams, onText: (text: string) => void, signal?: AbortSignal) => Promise<Generation>;

const answersAtOnce: Generate = async ({ adapter }, onText) => {
  const text = adapter === undefined ? 'of the base' : 'of the adapter';
  onText(text.slice(0, 3));
  onText(text.slice(3));
  return generation(text);
};

/** A session over a fake engine, and the end of its page. */
function open(
  generate: Generate = answersAtOnce,
  rest: Partial<PlaygroundEditor> = {},
  kept = new Map<string, unknown>(),
) {
  const asked: GenerateParams[] = [];
  const errors: unknown[] = [];
  const heard: { readonly name: string; readonly body: unknown }[] = [];
  const memory = new PlaygroundMemory({
    get: (key: string) => kept.get(key) as never,
    update: async (key, value) => void kept.set(key, JSON.parse(JSON.stringify(value))),
  });
  const prompting = vi.fn(async () => ({ folder: '/tiny', context: 512, chat: true }));
  const session = new PlaygroundSession('/run', {
    memory,
    post: (message: Envelope) => queueMicrotask(() => page.receive(structuredClone(message))),
    engine: async () => ({
      prompting,
      generate: (params, onText, signal) => {
        asked.push(params);
        return generate(params, onText, signal);
      },
    }),
    participants: async () => [BASE, ADAPTED],
    choose: async () => undefined,
    chooseBase: async () => undefined,
    choosePrompt: async () => undefined,
    copy: vi.fn(),
    describe: vi.fn(),
    reportError: (error) => errors.push(error),
    ...rest,
  });
  const hears = (name: keyof PlaygroundViewEnd['events']) => ({
    parse: (body: unknown) => body as never,
    hear: (body: unknown) => void heard.push({ name, body }),
  });
  const page = new Channel<PlaygroundViewEnd, PlaygroundHostEnd>(
    (message) => queueMicrotask(() => session.receive(structuredClone(message))),
    {
      requests: {},
      events: {
        participants: hears('participants'),
        thread: hears('thread'),
        answer: hears('answer'),
        draft: hears('draft'),
        problem: hears('problem'),
      },
    },
    (error) => errors.push(error),
  );
  const last = (): Exchange | undefined => {
    const threads = heard.filter(({ name }) => name === 'thread').map(({ body }) => body as PlaygroundViewEnd['events']['thread']); // prettier-ignore
    return threads.at(-1)?.isRunning === false ? threads.at(-1)?.thread.at(-1) : undefined;
  };
  return { session, page, asked, errors, heard, last, kept, prompting, memory };
}

const ask = (text: string, chat: { system: string } | null = null, follows = true) => ({
  prompt: { text, chat },
  follows,
  sampling: FIRST_SAMPLING,
});

/** The last exchange, once its answers have ended. */
async function ended(playground: ReturnType<typeof open>, id: number): Promise<Exchange> {
  return vi.waitFor(() => {
    const exchange = playground.last();
    if (exchange?.id !== id) throw new Error(`exchange ${id} has not ended`);
    return exchange;
  });
}

describe('the playground behind its page', () => {
  it('asks base and adapter the same with the same settings, one after the other, and tells whole answers', async () => {
    const playground = open();
    await playground.page.request('open', null);
    const sampling = { ...FIRST_SAMPLING, temperature: 0.7, topP: 0.9, stop: ['\n'], seed: 5 };
    await playground.page.request('ask', { ...ask('Say:\n'), sampling });
    const { answers, names } = await ended(playground, 1);
    expect(names).toEqual(['tiny, base model', 'words, step 5']);
    expect(answers.map(({ state, text }) => [state, text])).toEqual([
      ['done', 'of the base'],
      ['done', 'of the adapter'],
    ]);
    const same = { prompt: 'Say:\n', temperature: 0.7, topP: 0.9, stop: ['\n'], seed: 5, repetitionPenalty: 1, maxTokens: 128 }; // prettier-ignore
    expect(playground.asked).toEqual([
      { model: '/tiny', ...same },
      { model: '/tiny', adapter: '/run/step', ...same },
    ]);
    expect(playground.errors).toEqual([]);
  });

  it('stops both: what came stays, and the next prompt is answered', async () => {
    const hangs: Generate = async (_, onText, signal) => {
      onText('begun');
      return new Promise((_resolve, reject) => {
        signal?.addEventListener('abort', () => reject(new Error('aborted')));
      });
    };
    let generate = hangs;
    const playground = open((...params) => generate(...params));
    await playground.page.request('open', null);
    await playground.page.request('ask', ask('a'));
    await vi.waitFor(() => expect(playground.asked).toHaveLength(1));
    await expect(playground.page.request('ask', ask('b'))).rejects.toThrow(/stop it first/);
    playground.page.event('stop', null);
    const { answers } = await ended(playground, 1);
    expect(answers.map(({ state, text }) => [state, text])).toEqual([
      ['stopped', 'begun'],
      ['stopped', ''],
    ]);
    expect(playground.asked).toHaveLength(1);
    generate = answersAtOnce;
    await playground.page.request('ask', ask('b'));
    expect((await ended(playground, 2)).answers[1]?.text).toBe('of the adapter');
  });

  it('says in one sentence what failed, and asks the other all the same', async () => {
    const breaks: Generate = async (params, onText, signal) => {
      if (params.adapter === undefined) throw new Error('The engine ended unexpectedly (exit code 7):\nits log\nmore');
      if (params.prompt === 'bad') throw new UserError('/run/step: does not fit the model; take another.');
      return answersAtOnce(params, onText, signal);
    };
    const playground = open(breaks);
    await playground.page.request('open', null);
    await playground.page.request('ask', ask('a'));
    const first = await ended(playground, 1);
    expect(first.answers[0]).toMatchObject({ state: 'failed' });
    expect(first.answers[0]?.problem).toMatch(/^The engine ended unexpectedly \(exit code 7\); [^\n]*\.$/);
    expect(first.answers[1]?.state).toBe('done');
    expect(playground.errors).toHaveLength(1);
    await playground.page.request('ask', ask('bad'));
    const second = await ended(playground, 2);
    expect(second.answers[1]?.problem).toBe('/run/step: does not fit the model; take another.');
    expect(playground.errors).toHaveLength(2); // the engine's end, not what the user can mend
  });

  it('goes on with a chat by what each side itself has said, and begins anew when asked to', async () => {
    const playground = open();
    await playground.page.request('open', null);
    const chat = { system: 'Be brief.' };
    for (const [index, text] of ['one', 'two'].entries()) {
      await playground.page.request('ask', ask(text, chat));
      await ended(playground, index + 1);
    }
    expect(playground.asked[3]?.prompt).toEqual({
      conversation: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'one' },
        { role: 'assistant', content: 'of the adapter' },
        { role: 'user', content: 'two' },
      ],
      source: 'The chat',
      template: '/chat.jinja',
    });
    await playground.page.request('ask', ask('three', { system: '' }, false));
    expect((await ended(playground, 3)).turn).toBe(1);
    expect(playground.asked[4]?.prompt).toMatchObject({ conversation: [{ role: 'user', content: 'three' }] });
  });

  it('tells a page that was made anew the whole thread, and keeps it for the next window', async () => {
    const playground = open();
    await playground.page.request('open', null);
    await playground.page.request('ask', ask('a'));
    const exchange = await ended(playground, 1);
    expect((await playground.page.request('open', null)).thread).toEqual([exchange]);
    playground.session.dispose();
    const again = open(answersAtOnce, {}, playground.kept);
    const opened = await again.page.request('open', null);
    expect(opened.thread).toEqual([exchange]);
    expect(opened.prompts).toEqual(['a']);
    expect(opened.participants.map(({ name }) => name)).toEqual(['tiny', 'words']);
  });

  it('says why one cannot answer, and takes the base model that the user chooses', async () => {
    const lost = { ...ADAPTED, model: null };
    const playground = open(answersAtOnce, { participants: async () => [lost], chooseBase: async () => '/elsewhere/base' }); // prettier-ignore
    await playground.page.request('open', null);
    const facts = () => playground.heard.filter(({ name }) => name === 'participants').at(-1)?.body;
    await vi.waitFor(() => expect(facts()).toMatchObject([{ problem: expect.stringMatching(/choose its base model\.$/) as string }])); // prettier-ignore
    playground.page.event('chooseBase', 0);
    await vi.waitFor(() => expect(facts()).toMatchObject([{ name: 'base', chat: true }, { name: 'words', chat: true }])); // prettier-ignore
    await playground.page.request('ask', ask('a'));
    await ended(playground, 1);
    expect(playground.asked.map(({ model }) => model)).toEqual(['/elsewhere/base', '/elsewhere/base']);
  });

  it('takes a problem back once the files can be used again, without being asked to look', async () => {
    const playground = open();
    playground.prompting.mockRejectedValue(new UserError('/tiny: does not exist; check the path.'));
    await playground.page.request('open', null);
    const facts = () => playground.heard.filter(({ name }) => name === 'participants').at(-1)?.body;
    const problem = '/tiny: does not exist; check the path.';
    await vi.waitFor(() => expect(facts()).toMatchObject([{ problem }, { problem }]));
    playground.prompting.mockResolvedValue({ folder: '/tiny', context: 512, chat: true });
    await playground.page.request('ask', ask('a'));
    await ended(playground, 1);
    await vi.waitFor(() => expect(facts()).toMatchObject([{ chat: true }, { chat: true }]));
    expect(JSON.stringify(facts())).not.toContain('problem');
  });

  it('opens again after a run without checkpoints has got one', async () => {
    let hasCheckpoint = false;
    const playground = open(answersAtOnce, {
      participants: async () => {
        if (hasCheckpoint) return [BASE];
        throw new UserError('/run: the run has no checkpoint yet; wait for it.');
      },
    });
    await expect(playground.page.request('open', null)).rejects.toThrow(/no checkpoint yet/);
    hasCheckpoint = true;
    expect((await playground.page.request('open', null)).participants).toHaveLength(1);
    expect(playground.errors).toEqual([]);
  });

  it('refuses messages that no page of ours sends', async () => {
    const playground = open();
    await playground.page.request('open', null);
    const { sampling, ...rest } = ask('a');
    await expect(playground.page.request('ask', { ...rest, sampling: { ...sampling, maxTokens: 1e9 } })).rejects.toThrow(); // prettier-ignore
    playground.page.event('remove', 7);
    await vi.waitFor(() => expect(playground.errors.length).toBeGreaterThan(1));
    expect(playground.asked).toEqual([]);
  });

  it('keeps nothing that it cannot read any more', async () => {
    const kept = new Map<string, unknown>([
      ['mora.playground.playgrounds', [{ key: '/run', participants: [], thread: 'gone' }]],
      ['mora.playground.prompts', 7],
      ['mora.playground.sampling', { temperature: -1 }],
    ]);
    const playground = open(answersAtOnce, {}, kept);
    expect(await playground.page.request('open', null)).toMatchObject({
      thread: [],
      prompts: [],
      sampling: FIRST_SAMPLING,
    });
  });
});
