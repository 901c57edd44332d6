/** Trainers put their whole configuration into one value; what is longer is no text that anybody reads. */
const MAX_CHARACTERS = 100_000;
const MAX_ENTRIES = 1000;

/** The metadata of a header, cut where a hostile one would flood a view. */
export function boundedMetadata(metadata: Iterable<readonly [key: string, value: string]>): Record<string, string> {
  const bounded: [string, string][] = [];
  for (const [key, value] of metadata) {
    if (bounded.length === MAX_ENTRIES) break;
    bounded.push([cut(key, 200), cut(value, MAX_CHARACTERS)]);
  }
  return Object.fromEntries(bounded);
}

function cut(text: string, characters: number): string {
  return text.length > characters
    ? `${text.slice(0, characters)}… (${text.length.toLocaleString('en-US')} characters)`
    : text;
}
