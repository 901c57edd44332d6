import { stripVTControlCharacters } from 'node:util';

/** What the output may do. */
export interface Terminal {
  /** Whether lines may be rewritten in place. */
  readonly live: boolean;
  readonly colour: boolean;
  readonly columns: number;
}

/** Where nobody says how wide the output is. */
const DEFAULT_COLUMNS = 100;

/** Of a stream; both are missing where it is no terminal. */
export interface OutputStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** How standard output may be used. NO_COLOR (https://no-color.org) is any value that is not empty. */
export function standardTerminal(stream: OutputStream = process.stdout, env = process.env): Terminal {
  const live = stream.isTTY === true && env.TERM !== 'dumb';
  return {
    live,
    colour: live && (env.NO_COLOR ?? '') === '',
    columns: stream.columns === undefined || stream.columns === 0 ? DEFAULT_COLUMNS : stream.columns,
  };
}

/** The stream; a terminal that nobody gave a size has 0 rows, and log-update would show nothing on it. */
export function sizedOutput(stream: NodeJS.WriteStream): NodeJS.WriteStream {
  const size = (own: number | undefined, usual: number): number => (own === undefined || own === 0 ? usual : own);
  return Object.create(stream, {
    rows: { get: () => size(stream.rows, 24) },
    columns: { get: () => size(stream.columns, 80) },
  }) as NodeJS.WriteStream;
}

const STYLES = {
  bold: [1, 22],
  dim: [2, 22],
  underline: [4, 24],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  cyan: [36, 39],
} as const;

export type Style = keyof typeof STYLES;

/** The text in a style, or as it is where there is no colour. */
export function paint(terminal: Terminal, style: Style, text: string): string {
  if (!terminal.colour || text === '') return text;
  const [on, off] = STYLES[style];
  return `\u001b[${on}m${text}\u001b[${off}m`;
}

/** Columns that a text takes: styles and combining marks (the hat of r̂) take none, all else that we print takes one. */
export function width(text: string): number {
  return Array.from(stripVTControlCharacters(text).replace(/\p{M}/gu, '')).length;
}
