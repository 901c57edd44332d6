import type { Configuration } from '../../config/schema';
import { pinModel } from '../hub/resolveModel';
import { writeRunConfiguration } from '../rpc/prepareRun';
import type { DownloadProgress } from '../rpc/download';
import type { RunLog } from './runLog';

/**
 * Makes sure that a run's model is here, and that the run keeps to it: a hub id is downloaded and pinned to its commit,
 * in config.json too, before anything is trained. Returns the configuration with the pinned model, undefined when the
 * run was stopped meanwhile. Throws UserError.
 */
export async function pinRunModel(
  configuration: Configuration,
  log: RunLog,
  stop: AbortSignal,
): Promise<Configuration | undefined> {
  const onProgress = (progress: DownloadProgress): void => {
    // A courtesy: a disk that refuses it will refuse the download.
    void log.progress({ activity: activityOf(progress) }).catch(() => undefined);
  };
  try {
    const model = await pinModel(configuration.model, { signal: stop, onProgress });
    const pinned = { ...configuration, model };
    if (JSON.stringify(model) !== JSON.stringify(configuration.model)) {
      await writeRunConfiguration(log.paths.root, pinned);
    }
    return pinned;
  } catch (error) {
    if (stop.aborted) return undefined;
    throw error;
  }
}

/** "downloading model.safetensors, 34 %". */
function activityOf(progress: DownloadProgress): string {
  if (progress.kind === 'waiting') return 'waiting for another download of the model';
  const { file, done, total } = progress;
  return `downloading ${file}, ${Math.floor((100 * done) / Math.max(1, total))} %`;
}
