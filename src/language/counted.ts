import { formatNumber, isOne } from './language';

/**
 * A text that depends on a number, which takes the place of {0} in it: counted(n, l10n.t('{0} run'), l10n.t('{0} runs')).
 * Each form is a whole text of its own to a translator; nothing is put together from words.
 *
 * @param more what takes the places of {1}, {2}, …
 */
export function counted(count: number, one: string, other: string, ...more: readonly string[]): string {
  const places = [formatNumber(count), ...more];
  return (isOne(count) ? one : other).replace(/\{(\d+)\}/g, (place, index: string) => places[Number(index)] ?? place);
}
