import { isAbsolute } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { requireConfiguration } from '../../config/parse';
import { modelFolderOf, withModelFolder } from '../../config/modelFolder';
import type { Configuration } from '../../config/schema';
import { pathInDocument } from '../form/pathInDocument';

/**
 * The text of a document at `file` that trains as `configuration` did: without what is as by default, and with the paths
 * inside of `workspace` relative.
 */
export function duplicatedConfiguration(
  configuration: Configuration,
  file: string,
  workspace: string | undefined,
): string {
  const path = (target: string): string => (isAbsolute(target) ? pathInDocument(file, target, workspace) : target);
  // In a pattern a leading "./" would stay in the middle of the path.
  const source = (target: string): string => path(target).replace(/^\.\//, '');
  const { model, data, adapter } = configuration;
  const portable = {
    ...configuration,
    model: withModelFolder(model, path(modelFolderOf(model))),
    data: {
      ...data,
      train: typeof data.train === 'string' ? source(data.train) : data.train.map(source),
      validation: typeof data.validation === 'string' ? source(data.validation) : data.validation,
      template: data.template === null ? null : path(data.template),
    },
    adapter: { ...adapter, initial: adapter.initial === null ? null : path(adapter.initial) },
  };
  const plain = requireConfiguration('{"model": "-", "data": {"train": "-"}}', file);
  // What one looks for first is said even where it is the default.
  const chosen = adapter.method === 'mora' ? ['method', 'mode', 'rank'] : ['method', 'rank'];
  const kept = Object.fromEntries(Object.entries(portable.adapter).filter(([key]) => chosen.includes(key)));
  const changed = without(portable, plain);
  const text = { ...changed, adapter: { ...kept, ...asObject(changed.adapter) } };
  return `${JSON.stringify(text, null, 2)}\n`;
}

/** The members that are not as in `plain`, within objects too; one without members left goes. */
function without(value: object, plain: object): Record<string, unknown> {
  const defaults = new Map<string, unknown>(Object.entries(plain));
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, member]: [string, unknown]) => {
      const standard = defaults.get(key);
      if (isDeepStrictEqual(member, standard)) return [];
      if (!isRecord(member) || !isRecord(standard)) return [[key, member]];
      return [[key, without(member, standard)]];
    }),
  );
}

function asObject(value: unknown): object {
  return isRecord(value) ? value : {};
}

function isRecord(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
