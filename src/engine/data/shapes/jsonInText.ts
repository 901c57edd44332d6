/**
 * A value that may be written as JSON in a text, as tables without lists do and as OpenAI does with the arguments of
 * tools: a text that is a JSON list or object becomes that, everything else stays as it is.
 */
export function unwrapJson(value: unknown): unknown {
  if (typeof value !== 'string' || !/^\s*[[{]/.test(value)) return value;
  try {
    return JSON.parse(value) as unknown;
  } catch {
    return value;
  }
}

/** Deep enough for any JSON Schema of a tool, shallow enough for every recursion over it. */
const MAX_DEPTH = 64;

/** Whether lists and objects are nested deeper than anything that is read here. */
export function isTooDeep(value: unknown, depth = 0): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (depth >= MAX_DEPTH) return true;
  return Object.values(value).some((item) => isTooDeep(item, depth + 1));
}
