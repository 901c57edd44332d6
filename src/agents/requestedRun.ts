import { dirname, isAbsolute } from 'node:path';
import { isDynamicPattern } from 'tinyglobby';
import { dataSources, trainSources } from '../config/dataSources';
import { modelFolderOf } from '../config/modelFolder';
import { applyOverrides, type Overrides } from '../config/overrides';
import { requireConfiguration } from '../config/parse';
import { resolvePaths } from '../config/resolvePaths';
import type { Configuration } from '../config/schema';
import { UserError } from '../config/userError';
import { shortened } from '../config/shortened';
import { resolveRun, type RunRequest } from '../engine/rpc/prepareRun';
import type { AgentHost } from './agentHost';
import type { AllowedFolders } from './allowedFolders';

/** A configuration that an agent wants to plan or to train. */
export interface RequestedRun {
  readonly request: RunRequest;
  /** Every default filled in, every path absolute. */
  readonly configuration: Configuration;
}

/**
 * Reads a document with an agent's changes. Throws a UserError when it is no configuration, what it names does not
 * exist, or the document or its model, data, template or adapter lie outside of the allowed folders.
 */
export async function requestedRun(document: string, changes: Overrides, host: AgentHost): Promise<RequestedRun> {
  if (!document.endsWith('.mora.json')) {
    throw new UserError(`${shortened(document)}: is no configuration; give the path of a *.mora.json document.`);
  }
  const file = await host.folders.find(document);
  const request = { configurationFile: file, text: await host.readText(file), overrides: changes };
  // Before anything is looked for: whether a file elsewhere exists is not for agents to find out.
  const parsed = requireConfiguration(applyOverrides(request.text, changes), file);
  await requireWithin(resolvePaths(parsed, dirname(file)), file, host.folders);
  return { request, configuration: await resolveRun(request) };
}

async function requireWithin(configuration: Configuration, file: string, folders: AllowedFolders): Promise<void> {
  const { data, adapter } = configuration;
  const check = (path: string, field: string): Promise<void> => folders.require(path, `${file}: "${field}"`);
  const model = modelFolderOf(configuration.model);
  // Not a folder but the id of a model on the hub.
  if (isAbsolute(model)) await check(model, 'model');
  if (data.template !== null) await check(data.template, 'data.template');
  if (adapter.initial !== null) await check(adapter.initial, 'adapter.initial');
  const sources = trainSources(data).map((source) => ({ source, field: 'data.train' }));
  if (typeof data.validation === 'string') sources.push({ source: data.validation, field: 'data.validation' });
  for (const { source, field } of sources) await check(beginningOf(source, `${file}: "${field}"`), field);
  if (!sources.some(({ source }) => isDynamicPattern(source))) return;
  // A pattern may match links that lead elsewhere.
  const { train, validation } = await dataSources(data);
  for (const path of [...train, ...validation]) await check(path, 'data');
}

/** The path itself; of a pattern the folder below which everything lies that it can match. */
function beginningOf(source: string, what: string): string {
  if (!isDynamicPattern(source)) return source;
  if (source.includes('..')) {
    throw new UserError(`${what} has the pattern ${shortened(source)}; name its folder without "..".`);
  }
  const segments = source.split('/');
  const plain = segments.findIndex((segment) => isDynamicPattern(segment));
  return segments.slice(0, plain).join('/').replaceAll('\\', '') || '/';
}
