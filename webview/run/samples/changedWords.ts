/** A stretch of a text, and whether it was not in the text before. */
export interface TextPart {
  readonly text: string;
  readonly isNew: boolean;
}

/** Beyond this the table of a comparison is no longer small, and no one reads word by word. */
const MOST_WORDS = 400;

/**
 * A text in parts, those marked that are not in the longest sequence of words that it has in common with the text before
 * (Hunt & Szymanski's problem, by the plain table). Nothing is marked without a text before, or in very long ones.
 */
export function changedWords(before: string | null, after: string): TextPart[] {
  const old = wordsOf(before ?? '');
  const words = wordsOf(after);
  if (before === null || old.length > MOST_WORDS || words.length > MOST_WORDS) return [{ text: after, isNew: false }];
  const parts: TextPart[] = [];
  const add = (text: string, isNew: boolean): void => {
    const last = parts.at(-1);
    if (last?.isNew === isNew) parts[parts.length - 1] = { text: last.text + text, isNew };
    else parts.push({ text, isNew });
  };
  const common = commonLengths(old, words);
  let [i, j] = [0, 0];
  while (j < words.length) {
    const word = words[j] ?? '';
    if (i < old.length && old[i] === word) {
      add(word, false);
      i++;
      j++;
    } else if (i < old.length && at(common, i + 1, j) >= at(common, i, j + 1)) {
      i++;
    } else {
      add(word, true);
      j++;
    }
  }
  return parts;
}

/** Words, each with the white space before it. */
function wordsOf(text: string): string[] {
  return text.match(/\s*\S+|\s+$/g) ?? [];
}

/** [i][j]: length of the longest common sequence of `a` from i on and `b` from j on. */
function commonLengths(a: readonly string[], b: readonly string[]): Uint16Array[] {
  const table = Array.from({ length: a.length + 1 }, () => new Uint16Array(b.length + 1));
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      const row = table[i] as Uint16Array;
      row[j] = a[i] === b[j] ? at(table, i + 1, j + 1) + 1 : Math.max(at(table, i + 1, j), at(table, i, j + 1));
    }
  }
  return table;
}

function at(table: readonly Uint16Array[], i: number, j: number): number {
  return table[i]?.[j] ?? 0;
}
