import { UserError } from '../../config/userError';
import type { JsonLine } from './jsonLines';

/** One line of training data, checked, not yet tokens. */
export type DataLine =
  | { readonly kind: 'text'; readonly line: number; readonly text: string }
  | { readonly kind: 'completion'; readonly line: number; readonly prompt: string; readonly completion: string }
  | {
      readonly kind: 'tokens';
      readonly line: number;
      readonly inputIds: readonly number[];
      /** As long as inputIds; undefined when every token is to be learned. */
      readonly labels: readonly number[] | undefined;
    };

const SUPPORTED = 'give "text", or "prompt" and "completion", or "input_ids" (and "labels")';

/** The keys that say what a line is; others ("id", "attention_mask", …) are ignored. */
const KIND_KEYS = [
  ['text', 'text'],
  ['prompt', 'completion'],
  ['completion', 'completion'],
  ['input_ids', 'tokens'],
] as const;

/** What one line of a training file is. Throws a UserError that names file and line when it is nothing supported. */
export function parseDataLine(file: string, { line, value }: JsonLine): DataLine {
  const fail = (what: string): never => {
    throw new UserError(`${file}:${line}: ${what}.`);
  };
  const string = (key: string): string => {
    const found = value[key];
    if (found === undefined) return fail(`has no "${key}"; ${SUPPORTED}`);
    return typeof found === 'string' ? found : fail(`"${key}" is not a string; ${SUPPORTED}`);
  };
  const keys = KIND_KEYS.filter(([key]) => value[key] !== undefined && value[key] !== null);
  const kinds = new Set(keys.map(([, kind]) => kind));
  if (kinds.size > 1)
    return fail(`has ${keys.map(([key]) => `"${key}"`).join(' and ')}, which mean different things; keep one kind`);
  switch (keys[0]?.[1]) {
    case 'text':
      return { kind: 'text', line, text: string('text') };
    case 'completion':
      return { kind: 'completion', line, prompt: string('prompt'), completion: string('completion') };
    case 'tokens': {
      const inputIds = wholeNumbers(value.input_ids) ?? fail('"input_ids" is not a list of whole numbers; correct it');
      if (value.labels === undefined || value.labels === null)
        return { kind: 'tokens', line, inputIds, labels: undefined };
      const labels = wholeNumbers(value.labels) ?? fail('"labels" is not a list of whole numbers; correct it');
      if (labels.length !== inputIds.length) {
        return fail(`has ${inputIds.length} input_ids but ${labels.length} labels; give one label for each token`);
      }
      return { kind: 'tokens', line, inputIds, labels };
    }
    case undefined:
      if (value.messages !== undefined || value.conversations !== undefined) {
        return fail(`holds chat messages, which are not supported yet; ${SUPPORTED}`);
      }
      return fail(`has none of the keys to learn from; ${SUPPORTED}`);
  }
}

function wholeNumbers(value: unknown): number[] | undefined {
  return Array.isArray(value) && value.every((item) => Number.isSafeInteger(item)) ? (value as number[]) : undefined;
}
