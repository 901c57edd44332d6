import { findNodeAtLocation, modify, parseTree, type FormattingOptions, type Node } from 'jsonc-parser';

export type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: JsonValue;
}

/** One thing changed: the value of a field by its dotted path ("training.learningRate"), or its absence. */
export type Change =
  { readonly field: string; readonly value: JsonValue } | { readonly field: string; readonly remove: true };

/** A value on one line beyond this is broken over lines: the width people keep in a configuration. */
const LINE_WIDTH = 100;

export interface Layout {
  readonly insertSpaces: boolean;
  readonly tabSize: number;
  readonly eol: string;
}

export interface Replacement {
  readonly offset: number;
  readonly length: number;
  readonly text: string;
}

/**
 * The text with the changes made in it: comments, order and formatting of everything else stay.
 * The text must be JSON with comments, or blank.
 */
export function applyChanges(text: string, changes: readonly Change[], layout: Layout): string {
  return changes.reduce((current, change) => applyChange(current, change, layout), text);
}

/** The layout that a document has; `otherwise` where it has none, being of one line. */
export function layoutOfText(text: string, otherwise: Omit<Layout, 'eol'> = TWO_SPACES): Layout {
  const eol = text.includes('\r\n') ? '\r\n' : '\n';
  const indent = /^([ \t]+)\S/m.exec(text)?.[1];
  if (indent === undefined) return { ...otherwise, eol };
  return { insertSpaces: !indent.startsWith('\t'), tabSize: indent.length, eol };
}

const TWO_SPACES = { insertSpaces: true, tabSize: 2 };

/** The one stretch in which two texts differ; undefined when they are equal. */
export function differingStretch(before: string, after: string): Replacement | undefined {
  if (before === after) return undefined;
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before[start] === after[start]) start++;
  let end = 0;
  while (end < shorter - start && before[before.length - 1 - end] === after[after.length - 1 - end]) end++;
  return { offset: start, length: before.length - end - start, text: after.slice(start, after.length - end) };
}

function applyChange(text: string, change: Change, layout: Layout): string {
  const path = change.field.split('.');
  const formattingOptions: FormattingOptions = { ...layout };
  if ('remove' in change) {
    if (nodeAt(text, path) === undefined) return text;
    return withEdits(text, modify(text, path, undefined, { formattingOptions }));
  }
  const node = nodeAt(text, path);
  if (node === undefined) {
    // jsonc-parser would spread an array over lines, so it makes the place and we write the value.
    const placed = withEdits(text, modify(text, path, null, { formattingOptions }));
    return nodeAt(placed, path) === undefined ? placed : applyChange(placed, change, layout);
  }
  const indent = /^[ \t]*/.exec(lineAt(text, node.offset))?.[0] ?? '';
  const value = written(change.value, indent, layout);
  return text.slice(0, node.offset) + value + text.slice(node.offset + node.length);
}

/** On one line where it fits, else one entry a line; entries themselves stay on one. */
function written(value: JsonValue, indent: string, layout: Layout): string {
  const line = onOneLine(value);
  if (typeof value !== 'object' || value === null || indent.length + line.length <= LINE_WIDTH) return line;
  const inner = indent + (layout.insertSpaces ? ' '.repeat(layout.tabSize) : '\t');
  const isArray = Array.isArray(value);
  const entries = isArray
    ? (value as readonly JsonValue[]).map(onOneLine)
    : Object.entries(value).map(([key, entry]) => `${JSON.stringify(key)}: ${onOneLine(entry)}`);
  const [open, close] = isArray ? '[]' : '{}';
  return `${open}${layout.eol}${entries.map((entry) => inner + entry).join(`,${layout.eol}`)}${layout.eol}${indent}${close}`;
}

function onOneLine(value: JsonValue): string {
  if (typeof value === 'number') return writtenNumber(value);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${(value as readonly JsonValue[]).map(onOneLine).join(', ')}]`;
  const entries = Object.entries(value).map(([key, entry]) => `${JSON.stringify(key)}: ${onOneLine(entry)}`);
  return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`;
}

/** 3e-4 rather than 0.0003: learning rates and epsilons are written and compared by their exponent. */
function writtenNumber(value: number): string {
  const plain = String(value);
  if (value === 0 || Math.abs(value) >= 0.01) return plain;
  const exponential = value.toExponential();
  return exponential.length < plain.length ? exponential : plain;
}

function nodeAt(text: string, path: readonly string[]): Node | undefined {
  const tree = parseTree(text, [], { allowTrailingComma: true });
  return tree === undefined ? undefined : findNodeAtLocation(tree, [...path]);
}

function withEdits(text: string, edits: ReturnType<typeof modify>): string {
  return [...edits]
    .sort((a, b) => b.offset - a.offset)
    .reduce(
      (current, { offset, length, content }) => current.slice(0, offset) + content + current.slice(offset + length),
      text,
    );
}

function lineAt(text: string, offset: number): string {
  return text.slice(text.lastIndexOf('\n', offset - 1) + 1, offset);
}
