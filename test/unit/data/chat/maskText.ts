import type { Tokenizer } from '../../../../src/engine/data/tokenizer';

/**
 * An example for people: tokens parted by "|", what is learned between « and », a newline also as ⏎ and the lines of the
 * text as lines.
 */
export function maskText(tokens: Int32Array, labels: Int32Array, tokenizer: Tokenizer): string {
  let page = '';
  let isLearned = false;
  for (const [t, id] of tokens.entries()) {
    const learned = t > 0 && labels[t] !== -100;
    if (learned !== isLearned) page += learned ? '«' : '»';
    else if (t > 0) page += '|';
    isLearned = learned;
    page += tokenizer.tokenText(id).replaceAll('\n', '⏎\n');
  }
  return isLearned ? `${page}»` : page;
}
