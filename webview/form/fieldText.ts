import * as l10n from '@vscode/l10n';
import type { JsonValue } from '../../src/host/protocol/form';
import type { FieldKind } from './fields';
import { written } from './figures';

/** Between what a field shows and what the document says. */

export type Reading = { readonly value: JsonValue } | { readonly complaint: string };

/** The text that a field shows for a value; a wrong value as it was written. */
export function fieldText(value: JsonValue | undefined, kind?: FieldKind): string {
  if (typeof value === 'object' && value !== null && isWrittenAsJson(kind)) return JSON.stringify(value);
  if (value === undefined || value === null) return '';
  if (typeof value === 'number') return written(value);
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  if (Array.isArray(value)) return value.map((entry: JsonValue) => fieldText(entry)).join(', ');
  return JSON.stringify(value);
}

/** The value that a typed text means, or what is wrong with it. Ranges and the like are the schema's to judge. */
export function readField(text: string, kind: FieldKind): Reading {
  const trimmed = text.trim();
  switch (kind.control) {
    case 'choice':
      return { value: trimmed };
    case 'switch':
      return { value: trimmed === 'on' };
    case 'json':
      if (trimmed === '' && kind.nullable === true) return { value: null };
      return readJson(trimmed);
    case 'text':
      if (kind.orJson === true && /^[[{]/.test(trimmed)) return readJson(trimmed);
      if (trimmed === '' && kind.nullable === true) return { value: null };
      if (kind.orNumber === true && isNumber(trimmed)) return { value: Number(trimmed) };
      return { value: trimmed };
    case 'number':
      if (trimmed === '' && kind.nullable === true) return { value: null };
      if (kind.word !== undefined && trimmed === kind.word) return { value: kind.word };
      if (!isNumber(trimmed)) {
        return {
          complaint:
            kind.word === undefined ? l10n.t('must be a number') : l10n.t('must be a number or "{0}"', kind.word),
        };
      }
      if (kind.integer === true && !Number.isInteger(Number(trimmed)))
        return { complaint: l10n.t('must be a whole number') };
      return { value: Number(trimmed) };
    case 'numbers': {
      const parts = trimmed.split(/[\s,]+/).filter((part) => part !== '');
      if (parts.length !== kind.length || !parts.every(isNumber))
        return { complaint: l10n.t('must be {0} numbers', kind.length) };
      return { value: parts.map(Number) };
    }
  }
}

function isWrittenAsJson(kind: FieldKind | undefined): boolean {
  return kind?.control === 'json' || (kind?.control === 'text' && kind.orJson === true);
}

function readJson(text: string): Reading {
  try {
    return { value: JSON.parse(text) as JsonValue };
  } catch {
    return { complaint: l10n.t('must be JSON') };
  }
}

function isNumber(text: string): boolean {
  return text !== '' && Number.isFinite(Number(text));
}
