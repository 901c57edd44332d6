import { describe, expect, it } from 'vitest';
import { FIRST_SAMPLING } from '../../../../src/config/sampling';
import {
  bounded,
  conversation,
  ended,
  nextExchange,
  WAITING,
  withAnswer,
} from '../../../../src/host/playground/thread';
import type { Exchange } from '../../../../src/host/protocol/playground';

const exchange = (id: number, text: string, answers: readonly string[], turn = 1, chat = true): Exchange => ({
  id,
  prompt: { text, chat: chat ? { system: '' } : null },
  turn,
  sampling: FIRST_SAMPLING,
  names: answers.map((_, side) => `side ${side}`),
  answers: answers.map((answer) => ({ ...WAITING, state: 'done', text: answer })),
});
const names = ['side 0', 'side 1'];
const asking = (chat: boolean, follows = true) => ({
  prompt: { text: 'next', chat: chat ? { system: '' } : null },
  follows,
  sampling: FIRST_SAMPLING,
});

describe('the thread of a playground', () => {
  it('goes on with a chat only where the same ones answer and the user has not begun anew', () => {
    const chat = [exchange(4, 'a', ['x', 'y'], 2)];
    expect(nextExchange(chat, asking(true), names)).toMatchObject({ id: 5, turn: 3, answers: [WAITING, WAITING] });
    expect(nextExchange(chat, asking(true, false), names).turn).toBe(1);
    expect(nextExchange(chat, asking(true), ['other', 'side 1']).turn).toBe(1);
    expect(nextExchange(chat, asking(false), names).turn).toBe(1);
    expect(nextExchange([exchange(4, 'a', ['x', 'y'], 1, false)], asking(true), names).turn).toBe(1);
  });

  it('leaves out of a chat the turns that a side did not answer, and what came before it', () => {
    const thread = [exchange(1, 'old', ['o', 'o']), exchange(2, 'a', ['x', '']), exchange(3, 'b', ['', ''], 2)];
    expect(conversation(thread, 0).map(({ content }) => content)).toEqual(['a', 'x', 'b']);
    expect(conversation(thread, 1).map(({ content }) => content)).toEqual(['b']);
    // Of a chat whose beginning was let go what is left counts.
    expect(conversation([exchange(8, 'a', ['x'], 5), exchange(9, 'b', [''], 6)], 0)).toHaveLength(3);
  });

  it('changes one answer, and none of an exchange that is not there any more', () => {
    const thread = [exchange(1, 'a', ['x', 'y']), exchange(2, 'b', ['x', 'y'])];
    const after = withAnswer(thread, 2, 1, WAITING);
    expect(after.map(({ answers }) => answers.map(({ state }) => state))).toEqual([['done', 'done'], ['done', 'waiting']]); // prettier-ignore
    expect(withAnswer(thread, 7, 0, WAITING)).toEqual(thread);
  });

  it('keeps the newest 50 exchanges, and a million characters', () => {
    const many = Array.from({ length: 60 }, (_, index) => exchange(index, 'a', ['x']));
    expect(bounded(many).map(({ id }) => id)).toEqual(many.slice(10).map(({ id }) => id));
    const long = [1, 2, 3].map((id) => exchange(id, 'a', ['x'.repeat(400_000)]));
    expect(bounded(long).map(({ id }) => id)).toEqual([2, 3]);
    expect(bounded([exchange(1, 'a', ['x'.repeat(2_000_000)])])).toHaveLength(1);
  });

  it('takes what an earlier window left running for stopped', () => {
    const running = [{ ...exchange(1, 'a', ['x']), answers: [{ ...WAITING, state: 'answering' as const, text: 'x' }] }];
    expect(ended(running)[0]?.answers[0]).toMatchObject({ state: 'stopped', text: 'x' });
  });
});
