import { describe, expect, it } from 'vitest';
import { changedWords } from '../../../webview/run/samples/changedWords';
import { shownText } from '../../../webview/run/samples/sampleTexts';

const marked = (before: string | null, after: string): string =>
  changedWords(before, after)
    .map(({ text, isNew }) => (isNew ? `[${text}]` : text))
    .join('');

describe('the words of a sample', () => {
  it('are marked where they are not in the longest common sequence with the sample before', () => {
    expect(marked('M AH0 T S', 'M EY1 T S')).toBe('M[ EY1] T S');
    expect(marked('a b c d', 'a c d')).toBe('a c d');
  });

  it('are as they were before where nothing came before, and where the text is the same', () => {
    expect(marked(null, 'all of it')).toBe('all of it');
    expect(marked('all of it', 'all of it')).toBe('all of it');
    expect(marked('', 'one\ntwo ')).toBe('[one\ntwo ]');
    expect(marked('gone', '')).toBe('');
  });

  it('always add up to the sample', () => {
    const [before, after] = ['x y  z\n w w', ' y w\t z x  w '];
    expect(
      changedWords(before, after)
        .map(({ text }) => text)
        .join(''),
    ).toBe(after);
  });

  it('are not compared in a text of thousands', () => {
    expect(changedWords('a', 'b '.repeat(5000))).toHaveLength(1);
  });

  it('show what would draw nothing or turn the text round', () => {
    expect(shownText('a\u0000\u001b[31m\n\tb\u007f\u202e')).toBe('a␀␛[31m\n\tb��');
  });
});
