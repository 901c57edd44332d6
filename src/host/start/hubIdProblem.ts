import { parseHubReference } from '../../config/hubReference';

/** What is wrong with a hub id that is typed in; undefined when it is one. */
export function hubIdProblem(text: string): string | undefined {
  if (text.trim() === '' || parseHubReference(text) !== undefined) return undefined;
  return 'A hub id is "org/name" or "org/name@revision", of letters, digits, ".", "_" and "-".';
}
