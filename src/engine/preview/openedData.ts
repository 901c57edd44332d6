import { join } from 'node:path';
import { dataSources } from '../../config/dataSources';
import type { Configuration } from '../../config/schema';
import { UserError } from '../../config/userError';
import { stampOf } from '../data/store/fileContent';
import { fingerprint } from '../fingerprint';
import { modelFolder } from '../hub/resolveModel';
import type { DecoderConfig } from '../models/decoderConfig';
import { loadRunData, type RunData } from '../training/runData';

/** Data that nobody has looked at for so long is let go: it may hold tens of megabytes. */
const IDLE_MS = 5 * 60_000;

/** What of a model folder decides how text becomes tokens. */
const TOKENIZER_FILES = [
  'config.json',
  'generation_config.json',
  'tokenizer.json',
  'tokenizer_config.json',
  'special_tokens_map.json',
  'chat_template.jinja',
  'chat_template.json',
];

interface Held {
  readonly key: string;
  readonly data: RunData;
}

/**
 * The data of the configuration that was asked for last, read and tokenized once for all who look at it one after the
 * other, as long as no file of it changes.
 */
export class OpenedData {
  private held: Held | undefined;
  private timer: NodeJS.Timeout | undefined;
  private turn: Promise<unknown> = Promise.resolve();

  /** Throws what {@link loadRunData} and `look` throw. */
  use<T>(
    configuration: Configuration,
    decoder: DecoderConfig,
    signal: AbortSignal,
    look: (data: RunData) => Promise<T>,
  ): Promise<T> {
    const result = this.turn.then(async () => {
      signal.throwIfAborted();
      clearTimeout(this.timer);
      try {
        return await look(await this.open(configuration, decoder, signal));
      } finally {
        this.timer = setTimeout(() => void this.letGo(), IDLE_MS).unref();
      }
    });
    this.turn = result.catch(() => undefined);
    return result;
  }

  /** After whoever looks now. */
  letGo(): Promise<void> {
    const closed = this.turn.then(() => this.close());
    this.turn = closed;
    return closed;
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

/** Changes with everything that the examples depend on. */
async function keyOf({ model, data, training: { seed } }: Configuration): Promise<string> {
  const folder = await modelFolder(model, 'configuration');
  const { train, validation } = await dataSources(data);
  const template = data.template === null ? [] : [data.template];
  const rules = [...TOKENIZER_FILES.map((name) => join(folder, name)), ...template];
  return fingerprint({
    model,
    data,
    seed,
    sources: await Promise.all([...train, ...validation].map(async (file) => [file, (await stampOf(file)).stamp])),
    rules: await Promise.all(rules.map(stampIfAny)),
  });
}

async function stampIfAny(file: string): Promise<string | null> {
  try {
    return (await stampOf(file)).stamp;
  } catch (error) {
    if (error instanceof UserError) return null;
    throw error;
  }
}
