import * as l10n from '@vscode/l10n';
import { parse } from 'jsonc-parser';
import { configurationJsonSchema } from '../../config/jsonSchema';
import { modeOfType } from '../../config/mode';
import { parseConfiguration } from '../../config/parse';
import { configurationSchema } from '../../config/schema';
import type { Documentation, FormContent, JsonObject, JsonValue } from '../protocol/form';

/** What a document says, for the form: also of one that is not valid, so that the form can help to mend it. */
export function formContent(text: string): FormContent {
  const blank = text.trim() === '';
  const parsed = parseConfiguration(blank ? '{}' : text);
  const broken = parsed.problems.find(({ kind }) => kind === 'syntax');
  if (broken !== undefined) return { kind: 'broken', message: l10n.t('The document {0}.', broken.message) };
  const raw = parse(blank ? '{}' : text, [], { allowTrailingComma: true }) as JsonValue;
  if (!isObject(raw)) return { kind: 'broken', message: l10n.t('The document is not a JSON object.') };
  return {
    kind: 'fields',
    values: withModeName(merge(defaultValues(), raw)),
    written: leaves(raw),
    problems: parsed.problems.map(({ field, message }) => ({ field, message })),
  };
}

/** Every field with the value it has when the document is silent; the two it must give are empty. */
export function defaultValues(): JsonObject {
  return (defaults ??= merge(configurationSchema.parse({ model: '-', data: { train: '-' } }) as unknown as JsonObject, {
    model: '',
    data: { train: '' },
  }));
}

/** Descriptions of the fields by dotted path, from the schema, in the editor's language. */
export function documentation(): Documentation {
  const found: Record<string, string> = {};
  const visit = (schema: JsonObject, path: string): void => {
    const { description, properties } = schema;
    if (typeof description === 'string' && path !== '') found[path] = l10n.t(description);
    if (!isObject(properties)) return;
    for (const [key, child] of Object.entries(properties)) {
      if (isObject(child)) visit(child, path === '' ? key : `${path}.${key}`);
    }
  };
  visit(configurationJsonSchema() as JsonObject, '');
  return found;
}

let defaults: JsonObject | undefined;

/** The document's word over the default, object by object. */
function merge(base: JsonObject, over: JsonObject): JsonObject {
  const merged: Record<string, JsonValue> = { ...base };
  for (const [key, value] of Object.entries(over)) {
    const below = merged[key];
    merged[key] = isObject(value) && isObject(below) ? merge(below, value) : value;
  }
  return merged;
}

/** A mode may be written as its official number; the form knows names. */
function withModeName(values: JsonObject): JsonObject {
  const { adapter } = values;
  if (!isObject(adapter) || typeof adapter.mode !== 'number') return values;
  const mode = modeOfType(adapter.mode);
  return mode === undefined ? values : { ...values, adapter: { ...adapter, mode } };
}

/** Objects that are one choice, however much they say. */
const WHOLE = new Set(['model', 'data.fields', 'adapter.targets', 'training.earlyStopping', 'training.remora']);

function leaves(value: JsonObject, prefix = ''): string[] {
  return Object.entries(value).flatMap(([key, child]) => {
    const path = prefix === '' ? key : `${prefix}.${key}`;
    return isObject(child) && !WHOLE.has(path) ? leaves(child, path) : [path];
  });
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
