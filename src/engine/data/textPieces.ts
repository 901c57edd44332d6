/** Characters of a piece: the native library keeps some hundred bytes for each. */
const PIECE_CHARS = 1 << 18;

/**
 * A long text in pieces of about 256 Ki characters that end with a newline before a letter or digit. Pre-tokenizers of
 * byte-level tokenizers always part there (white space goes with what stands before it, and a newline never begins a
 * word), so the pieces have the tokens of the whole. A text without such a place stays in one piece.
 */
export function piecesOf(text: string, pieceChars = PIECE_CHARS): string[] {
  const pieces: string[] = [];
  let start = 0;
  while (text.length - start > pieceChars) {
    const end = nextBoundary(text, start + pieceChars);
    pieces.push(text.slice(start, end));
    start = end;
  }
  pieces.push(text.slice(start));
  return pieces.length > 1 && pieces.at(-1) === '' ? pieces.slice(0, -1) : pieces;
}

function nextBoundary(text: string, from: number): number {
  const boundary = /\n(?=[\p{L}\p{N}])/gu;
  boundary.lastIndex = from;
  const match = boundary.exec(text);
  return match === null ? text.length : match.index + 1;
}
