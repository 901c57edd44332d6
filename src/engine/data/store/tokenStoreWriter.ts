import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../../../config/userError';
import { supervisedCount, type Example } from '../example';
import type { ReadingCounts } from '../readingCounts';
import { AppendedFile } from './appendedFile';
import { encodeRecord, recordWords, type RecordForm } from './exampleRecord';
import {
  lengthBytesFor,
  MAX_EXAMPLES,
  STORE_FILES,
  STORE_HEADER,
  STORE_VERSION,
  tokenBytesFor,
  type StoreHeader,
} from './storeFormat';

export interface StoreOptions {
  /** Paths of the data files. */
  readonly sources: readonly string[];
  readonly vocabularySize: number;
  readonly maxLength: number;
  readonly labels: RecordForm['labels'];
}

type StoreFile = keyof typeof STORE_FILES;

/** Writes examples into the files of a store, one behind the other, in memory that does not grow with them. */
export class TokenStoreWriter {
  private examples = 0;

  private constructor(
    private readonly folder: string,
    private readonly sources: readonly string[],
    private readonly form: RecordForm,
    private readonly lengthBytes: 2 | 4,
    private readonly files: Readonly<Record<StoreFile, AppendedFile>>,
  ) {}

  /** Begins a store in a folder that is there and empty. */
  static async create(folder: string, options: StoreOptions): Promise<TokenStoreWriter> {
    const { sources, vocabularySize, maxLength, labels } = options;
    const opened: AppendedFile[] = [];
    const create = async (name: StoreFile): Promise<AppendedFile> => {
      const file = await AppendedFile.create(join(folder, STORE_FILES[name]));
      opened.push(file);
      return file;
    };
    try {
      const files = {
        tokens: await create('tokens'),
        lengths: await create('lengths'),
        supervised: await create('supervised'),
        records: await create('records'),
      };
      const form = { tokenBytes: tokenBytesFor(vocabularySize), labels };
      return new TokenStoreWriter(folder, sources, form, lengthBytesFor(maxLength), files);
    } catch (error) {
      for (const file of opened) await file.close();
      throw error;
    }
  }

  /** Throws LabelsDiffer when the labels are a mask and cannot say those of an example; the store is then of no use. */
  async add(examples: readonly Example[]): Promise<void> {
    if (this.examples + examples.length > MAX_EXAMPLES) {
      throw new UserError(`"data.train" has more than ${MAX_EXAMPLES} examples; train on fewer.`);
    }
    const sizes = examples.map(({ tokens }) => recordWords(tokens.length, this.form));
    const words = new Uint32Array(sizes.reduce((sum, size) => sum + size, 0));
    let at = 0;
    examples.forEach((example, index) => {
      encodeRecord(example, this.form, words, at);
      at += sizes[index] as number;
    });
    const mark = 2 ** (8 * this.lengthBytes - 1);
    const supervised = examples.map(({ labels, truncated }) => supervisedCount(labels) + (truncated ? mark : 0));
    await this.files.tokens.append(words);
    await this.files.lengths.append(this.figures(examples.map(({ tokens }) => tokens.length)));
    await this.files.supervised.append(this.figures(supervised));
    await this.files.records.append(Uint32Array.from(examples, ({ record }) => record));
    this.examples += examples.length;
  }

  /** Writes what stands in the store, last of all: without it there is none. */
  async finish(counts: ReadingCounts): Promise<void> {
    const { tokens, lengths, supervised, records } = this.files;
    const header: StoreHeader = {
      version: STORE_VERSION,
      form: this.form,
      lengthBytes: this.lengthBytes,
      examples: this.examples,
      sources: [...this.sources],
      counts,
      files: {
        tokens: { bytes: (await tokens.finish()).bytes },
        lengths: await lengths.finish(),
        supervised: await supervised.finish(),
        records: await records.finish(),
      },
    };
    await writeFile(join(this.folder, STORE_HEADER), `${JSON.stringify(header, null, 2)}\n`, { flush: true });
  }

  async close(): Promise<void> {
    for (const file of Object.values(this.files)) await file.close();
  }

  private figures(numbers: readonly number[]): Uint16Array | Uint32Array {
    return this.lengthBytes === 2 ? Uint16Array.from(numbers) : Uint32Array.from(numbers);
  }
}
