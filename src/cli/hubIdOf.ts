import { existsSync } from 'node:fs';
import { parseHubReference } from '../config/hubReference';

/** What the user wrote, when that is the id of a model of the hub: "org/name" is a path first, if there is one. */
export function hubIdOf(text: string): string | undefined {
  return parseHubReference(text) !== undefined && !existsSync(text) ? text : undefined;
}
