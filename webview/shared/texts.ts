/** Many times what a bundle of ours has: whatever is longer is none. */
const MAX_LENGTH = 4 << 20;

/**
 * The texts of the editor's language by their English ones, as the host put them into the page.
 *
 * @throws Error when it is anything else
 */
export function readTexts(json: string): Record<string, string> {
  if (json.length > MAX_LENGTH) throw new Error('The texts of this page are too long.');
  const value: unknown = JSON.parse(json);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error('The page has no texts.');
  const texts: Record<string, string> = {};
  for (const [key, text] of Object.entries(value)) {
    if (typeof text !== 'string') throw new Error(`The text of "${key}" is none.`);
    texts[key] = text;
  }
  return texts;
}
