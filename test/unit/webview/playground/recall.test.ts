import { describe, expect, it } from 'vitest';
import { Recall } from '../../../../webview/playground/recall';

describe('earlier prompts by arrow keys', () => {
  it('goes to older ones and back to what was being written', () => {
    const recall = new Recall(['first', 'second']);
    expect(recall.step(-1, '')).toBe('second');
    expect(recall.step(-1, 'second')).toBe('first');
    expect(recall.step(-1, 'first')).toBeUndefined();
    expect(recall.step(1, 'first')).toBe('second');
    expect(recall.step(1, 'second')).toBe('');
    expect(recall.step(1, '')).toBeUndefined();
  });

  it('leaves the arrows to the box once something else is written in it', () => {
    const recall = new Recall(['first', 'second']);
    expect(recall.isShowing('')).toBe(true);
    expect(recall.isShowing('mine')).toBe(false);
    recall.step(-1, '');
    expect(recall.isShowing('second')).toBe(true);
    expect(recall.isShowing('second, edited')).toBe(false);
  });

  it('has a prompt once, as the newest', () => {
    const recall = new Recall(['first', 'second']).with('first');
    expect([recall.step(-1, ''), recall.step(-1, 'first'), recall.step(-1, 'second')]).toEqual(['first', 'second', undefined]); // prettier-ignore
  });
});
