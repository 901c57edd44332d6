/** A folder, and what a report calls it instead. */
export type Place = readonly [folder: string, name: string];

/**
 * A value with the folders in its texts replaced by names, the longest first: where somebody's files lie is not for a
 * public report. `ignoreCase` as on file systems that do.
 */
export function hiddenPlaces<T>(value: T, places: readonly Place[], ignoreCase = process.platform === 'win32'): T {
  const rules = [...places]
    .filter(([folder]) => folder.length > 1)
    .sort(([a], [b]) => b.length - a.length)
    .map(([folder, name]) => ({ pattern: patternOf(folder, ignoreCase), name }));
  const hide = (text: string): string =>
    rules.reduce((left, { pattern, name }) => left.replace(pattern, () => name), text);
  return mapTexts(value, hide) as T;
}

/** The folder with either separator, where its name ends: "/home/jo" is no part of "/home/john". */
function patternOf(folder: string, ignoreCase: boolean): RegExp {
  const [first = '', ...parts] = folder
    .replace(/[\\/]+$/, '')
    .split(/[\\/]/)
    .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  // JSON and messages double what separates on Windows; a path that begins with a separator begins with one.
  const begin = first === '' ? String.raw`[\\/]${parts.shift() ?? ''}` : first;
  const path = [begin, ...parts].join(String.raw`[\\/]{1,2}`);
  return new RegExp(String.raw`${path}(?![\p{L}\p{N}._-])`, ignoreCase ? 'giu' : 'gu');
}

function mapTexts(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === 'string') return change(value);
  if (Array.isArray(value)) return value.map((entry) => mapTexts(entry, change));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, mapTexts(entry, change)]));
}
