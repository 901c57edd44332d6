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

/** How standard output may be used. NO_COLOR (https://no-color.org) is any value that is not empty. */
export function standardTerminal(stream = process.stdout, env = process.env): Terminal {
  const live = stream.isTTY && env.TERM !== 'dumb';
  return {
    live,
    colour: live && (env.NO_COLOR ?? '') === '',
    columns: stream.isTTY && stream.columns > 0 ? stream.columns : DEFAULT_COLUMNS,
  };
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

/** Columns that a text takes, styles not counted. All that we print is one column a code point. */
export function width(text: string): number {
  return Array.from(stripVTControlCharacters(text)).length;
}
