import { dirname } from 'node:path';
import { requireConfiguration } from '../config/parse';
import { resolvePaths } from '../config/resolvePaths';
import type { Configuration } from '../config/schema';

/**
 * The configuration that a request is about, with every path absolute: of the parsed JSON of a document, and where that
 * lies. Throws a UserError that names the document.
 */
export function askedConfiguration({
  configuration,
  file,
}: {
  readonly configuration: unknown;
  readonly file: string;
}): Configuration {
  return resolvePaths(requireConfiguration(JSON.stringify(configuration), file), dirname(file));
}
