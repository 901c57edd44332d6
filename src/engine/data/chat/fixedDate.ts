/**
 * What `strftime_now` answers in a template: always 26 July 2024, the day that Llama 3.1's own template falls back to
 * where there is no clock. With today's date the same data would give other tokens tomorrow, and a run that is resumed
 * would go on with another dataset.
 */
export function fixedDate(format: unknown): string {
  return String(format).replace(/%(-?[A-Za-z%])/g, (directive, letter: string) => DIRECTIVES[letter] ?? directive);
}

/** Directives of C's strftime for Friday, 26 July 2024, 00:00:00. */
const DIRECTIVES: Readonly<Record<string, string>> = {
  a: 'Fri',
  A: 'Friday',
  b: 'Jul',
  B: 'July',
  c: 'Fri Jul 26 00:00:00 2024',
  d: '26',
  '-d': '26',
  D: '07/26/24',
  e: '26',
  F: '2024-07-26',
  H: '00',
  '-H': '0',
  I: '12',
  '-I': '12',
  j: '208',
  m: '07',
  '-m': '7',
  M: '00',
  '-M': '0',
  p: 'AM',
  S: '00',
  '-S': '0',
  T: '00:00:00',
  u: '5',
  w: '5',
  x: '07/26/24',
  X: '00:00:00',
  y: '24',
  Y: '2024',
  z: '',
  Z: '',
  '%': '%',
};
