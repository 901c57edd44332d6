/** The pictures of U+0000 to U+001F begin here. */
const CONTROL_PICTURES = 0x2400;

/**
 * Text of a model or a file on one line: a newline as ⏎, other control characters as their pictures, so that nothing in
 * it can steer the terminal.
 */
export function visibleText(text: string): string {
  return Array.from(text, (character) => (character === '\n' ? '⏎' : visible(character))).join('');
}

/** Text of a model as it is, lines and tabs included, except for what could steer the terminal. */
export function harmlessText(text: string): string {
  return Array.from(text, (character) => (/[\n\t]/.test(character) ? character : visible(character))).join('');
}

function visible(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x20) return String.fromCodePoint(CONTROL_PICTURES + code);
  return code === 0x7f || (code >= 0x80 && code < 0xa0) ? '�' : character;
}
