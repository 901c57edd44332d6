import type { Change, JsonObject, JsonValue } from '../../src/host/protocol/form';

/** Reading and overlaying the tree of values that the form shows. */

export function valueAt(values: JsonObject, field: string): JsonValue | undefined {
  let value: JsonValue | undefined = values;
  for (const key of field.split('.')) value = isObject(value) ? value[key] : undefined;
  return value;
}

export function textAt(values: JsonObject, field: string): string {
  const value = valueAt(values, field);
  return typeof value === 'string' ? value : '';
}

/** A number, or undefined where there is none: a wrong value is still in the document. */
export function numberAt(values: JsonObject, field: string): number | undefined {
  const value = valueAt(values, field);
  return typeof value === 'number' ? value : undefined;
}

/** The values with changes made that the document does not have yet; a removed field falls back to its default. */
export function withChanges(values: JsonObject, changes: readonly Change[], defaults: JsonObject): JsonObject {
  return changes.reduce((current, change) => {
    const value = 'remove' in change ? valueAt(defaults, change.field) : change.value;
    return value === undefined ? current : withValue(current, change.field.split('.'), value);
  }, values);
}

export function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function withValue(values: JsonObject, [key, ...rest]: readonly string[], value: JsonValue): JsonObject {
  if (key === undefined) return values;
  if (rest.length === 0) return { ...values, [key]: value };
  const child = values[key];
  return { ...values, [key]: withValue(isObject(child) ? child : {}, rest, value) };
}
