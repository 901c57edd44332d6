/**
 * What a token stands for, for people to read: "Ġword" and "▁word" become " word". Bytes that are no whole character,
 * and bytes of the byte fallback, are shown as <0xE2>.
 */
export function readableToken(token: string, byteLevel: boolean): string {
  if (!byteLevel) return token.replaceAll('▁', ' ');
  const bytes: number[] = [];
  for (const character of token) {
    const byte = byteOfCharacter.get(character);
    // Added tokens are written as they are.
    if (byte === undefined) return token;
    bytes.push(byte);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Uint8Array.from(bytes));
  } catch {
    return bytes.map(showByte).join('');
  }
}

function showByte(byte: number): string {
  return byte >= 0x20 && byte < 0x7f
    ? String.fromCharCode(byte)
    : `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`;
}

/** Byte-level BPE writes a byte as itself where Latin-1 prints it, and the others as characters from U+0100 on (GPT-2). */
const byteOfCharacter = makeByteAlphabet();

function makeByteAlphabet(): ReadonlyMap<string, number> {
  const alphabet = new Map<string, number>();
  let next = 0x100;
  for (let byte = 0; byte < 256; byte++) {
    const printed = (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae;
    alphabet.set(String.fromCharCode(printed ? byte : next++), byte);
  }
  return alphabet;
}
