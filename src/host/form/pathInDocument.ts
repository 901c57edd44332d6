import { dirname, relative, sep } from 'node:path';

/**
 * A path as a configuration should have it: relative, with forward slashes, when it stays within the workspace (so that
 * the document works for others too), else absolute.
 */
export function pathInDocument(document: string, path: string, workspace: string | undefined): string {
  const within = workspace !== undefined && (path === workspace || path.startsWith(workspace + sep));
  const fromDocument = relative(dirname(document), path);
  if (!within && fromDocument.startsWith('..')) return path;
  const slashed = fromDocument.split(sep).join('/');
  return slashed.startsWith('..') ? slashed : `./${slashed}`;
}
