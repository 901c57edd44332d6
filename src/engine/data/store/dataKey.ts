import { endianness } from 'node:os';
import { formatOf } from '../../../config/dataFormats';
import { UserError } from '../../../config/userError';
import { fingerprint } from '../../fingerprint';
import type { ExampleStreamOptions } from '../exampleStream';
import { fileContent, stampOf, type FileContent } from './fileContent';
import { STORE_VERSION } from './storeFormat';

/** Raise it when the same data becomes other examples than before: the rules of this folder are not in the key. */
export const EXAMPLES_VERSION = 1;

/** Another version of the package may tokenize otherwise. */
export const TOKENIZERS_VERSION = '0.23.2';

export interface DataKey {
  /** Names everything that the examples depend on. */
  readonly key: string;
  /** Throws a UserError when a file was touched since: its tokens would be stored under the name of others. */
  readonly requireUntouched: () => Promise<void>;
}

export interface DataKeyOptions {
  /** Folder where the contents of large files are remembered. */
  readonly notes: string;
  /** Called with the share of the bytes that is read, from 0 to 1. */
  readonly onProgress?: (share: number) => void;
}

/**
 * The key of the examples that {@link readExamples} gives for these options. Files are read whole, except for large ones
 * that were not touched since they were last read. Where files lie and what they are called does not matter, apart from
 * the ending that says what they are.
 */
export async function dataKey(stream: ExampleStreamOptions, { notes, onProgress }: DataKeyOptions): Promise<DataKey> {
  const { files, tokenizer, template, signal, ...rules } = stream;
  const sizes = await Promise.all(files.map(async (file) => (await stampOf(file)).bytes));
  const total = sizes.reduce((sum, bytes) => sum + bytes, 0);
  let read = 0;
  const contents: FileContent[] = [];
  for (const file of files) {
    const onRead = (bytes: number): void => {
      read += bytes;
      onProgress?.(total === 0 ? 1 : read / total);
    };
    contents.push(await fileContent(file, notes, { signal, onRead }));
  }
  const key = fingerprint({
    store: STORE_VERSION,
    examples: EXAMPLES_VERSION,
    tokenizers: TOKENIZERS_VERSION,
    byteOrder: endianness(),
    tokenizer: tokenizer && {
      sha256: tokenizer.sha256,
      prefix: tokenizer.prefix,
      suffix: tokenizer.suffix,
      endToken: tokenizer.endToken,
      // Where an answer ends in a conversation, and which examples are counted as ended.
      stopTokens: tokenizer.stopTokens,
      startToken: tokenizer.startToken,
    },
    // Where the template lies does not matter.
    template: template && { source: template.source, specialTokens: template.specialTokens },
    rules,
    sources: contents.map(({ sha256 }, index) => ({ sha256, ...writtenAs(files[index] ?? '') })),
  });
  const requireUntouched = async (): Promise<void> => {
    for (const [index, file] of files.entries()) {
      if ((await stampOf(file)).stamp === contents[index]?.stamp) continue;
      throw new UserError(`${file}: changed while it was being read; start again when it is complete.`);
    }
  };
  return { key, requireUntouched };
}

/** What the name of a file says of how it is read. */
function writtenAs(file: string): { format: string | undefined; compressed: boolean } {
  return { format: formatOf(file), compressed: file.endsWith('.gz') };
}
