/** No name in a message needs more to be recognised. */
const LONGEST = 200;

/** A text from a file as a message may quote it: a hostile one neither floods the sentence nor breaks its line. */
export function shortened(text: string): string {
  const start = text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
  return start.replace(/[\p{Cc}\u2028\u2029]/gu, '�');
}
