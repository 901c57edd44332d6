import type { Contents } from '../../engine/rpc/contents';
import type { InspectorActions } from '../protocol/inspector';

/** Files by whose name a folder is known to hold a whole model. */
const MODEL_FILE = /\/model(-00001-of-\d+)?\.safetensors(\.index\.json)?$/;
const ADAPTER_FILE = /\/adapter_(model\.safetensors|config\.json)$/;

/**
 * What can be done with an opened checkpoint, by the path of its file: the engine needs it on a disk, and writes files
 * and runs models only where the workspace is trusted.
 */
export function inspectorActions(
  path: string,
  { modules }: Pick<Contents, 'modules'>,
  { isOnDisk, isTrusted }: { readonly isOnDisk: boolean; readonly isTrusted: boolean },
): InspectorActions {
  const isAdapter = isOnDisk && modules.length > 0 && ADAPTER_FILE.test(path);
  const isModel = isOnDisk && MODEL_FILE.test(path);
  return { rank: isAdapter, exports: isAdapter && isTrusted, talk: (isAdapter || isModel) && isTrusted };
}
