import { dataSources } from '../../config/dataSources';
import type { Configuration } from '../../config/schema';
import { stampOf } from '../data/store/fileContent';
import { fingerprint } from '../fingerprint';
import { folderState } from '../folderState';
import { modelFolder } from '../hub/resolveModel';
import type { DecoderConfig } from '../models/decoderConfig';
import { loadRunData, type RunData } from '../training/runData';
import { Turns } from '../turns';

/** Data that nobody has looked at for so long is let go: it may hold tens of megabytes. */
const IDLE_MS = 5 * 60_000;

interface Held {
  readonly key: string;
  readonly data: RunData;
}

/**
 * The data of the configuration that was asked for last, read and tokenized once for all who look at it one after the
 * other, as long as no file of it changes.
 */
export class OpenedData {
  private readonly turns = new Turns();
  private held: Held | undefined;
  private timer: NodeJS.Timeout | undefined;

  /** Throws what {@link loadRunData} and `look` throw. */
  async use<T>(
    configuration: Configuration,
    decoder: DecoderConfig,
    signal: AbortSignal,
    look: (data: RunData) => Promise<T>,
  ): Promise<T> {
    const done = await this.turns.take(signal);
    clearTimeout(this.timer);
    try {
      return await look(await this.open(configuration, decoder, signal));
    } finally {
      this.timer = setTimeout(() => void this.letGo(), IDLE_MS).unref();
      done();
    }
  }

  /** After whoever looks now. */
  async letGo(): Promise<void> {
    const done = await this.turns.take();
    try {
      await this.close();
    } finally {
      done();
    }
  }

  private async open(configuration: Configuration, decoder: DecoderConfig, signal: AbortSignal): Promise<RunData> {
    const key = await keyOf(configuration);
    if (this.held?.key === key) return this.held.data;
    await this.close();
    const data = await loadRunData(configuration, decoder, { signal });
    this.held = { key, data };
    return data;
  }

  private async close(): Promise<void> {
    const { held } = this;
    this.held = undefined;
    await held?.data.close();
  }
}

/** What all requests of this process look into. */
export const openedData = new OpenedData();

/** Changes with everything that the examples depend on. Throws a UserError when a file of it cannot be read. */
async function keyOf({ model, data, training: { seed } }: Configuration): Promise<string> {
  const { train, validation } = await dataSources(data);
  const files = [...train, ...validation, ...(data.template === null ? [] : [data.template])];
  return fingerprint({
    model: await folderState(await modelFolder(model, 'configuration')),
    data,
    seed,
    files: await Promise.all(files.map(async (file) => [file, (await stampOf(file)).stamp])),
  });
}
