import { parseHubReference } from '../../config/hubReference';
import type { AdapterConfig } from './adapterConfig';

/** The base model of an adapter as a hub id, "org/name@revision", when it can be one. */
export function hubBase({
  baseModel,
  baseRevision,
}: Pick<AdapterConfig, 'baseModel' | 'baseRevision'>): string | undefined {
  const text = baseRevision === null ? baseModel : `${baseModel}@${baseRevision}`;
  return text === null || parseHubReference(text) === undefined ? undefined : text;
}
