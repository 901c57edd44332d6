import type { MoraMode } from '../../src/config/mode';
import { tiePattern, type TiePattern } from './tiePattern';

export type Rgb = readonly [red: number, green: number, blue: number];

/** The colours of M's four corners; an entry between them has the mixture of its place. */
export interface Corners {
  readonly topLeft: Rgb;
  readonly topRight: Rgb;
  readonly bottomLeft: Rgb;
  readonly bottomRight: Rgb;
  /** Where ΔW is zero. */
  readonly empty: string;
}

export interface Drawn {
  readonly structure: 'mora' | 'lora' | 'full' | 'b' | 'a';
  readonly mode: MoraMode;
  readonly entries: number;
  readonly size: number;
}

/** From the theme's chart colours, which every theme keeps apart from each other. */
export function cornerColors(): Corners {
  const style = getComputedStyle(document.documentElement);
  // The dark tones that light themes take for lines look like mud in a surface.
  const light = document.body.classList.contains('vscode-light') ? 0.25 : 0;
  const chart = (name: string, otherwise: Rgb): Rgb =>
    mix(parseColor(style.getPropertyValue(`--vscode-charts-${name}`)) ?? otherwise, [255, 255, 255], light);
  return {
    topLeft: chart('blue', [55, 148, 255]),
    topRight: chart('purple', [176, 128, 215]),
    bottomLeft: chart('green', [90, 170, 90]),
    bottomRight: chart('orange', [209, 134, 22]),
    empty: 'rgb(128 128 128 / 0.14)',
  };
}

/** The colour of an entry of ΔW; undefined where it is zero. */
export function cellColor(
  { structure, mode, entries, size }: Drawn,
  corners: Corners,
  row: number,
  column: number,
): Rgb | undefined {
  const last = Math.max(1, entries - 1);
  switch (structure) {
    case 'full':
      // A number of its own in every cell: neighbours differ.
      return placeColor(corners, scatter(row * entries + column), scatter(column * entries + row + 7));
    case 'b':
      return placeColor(corners, scatter(row + 3 * column), 0.5);
    case 'a':
      return placeColor(corners, 0.5, scatter(column + 5 * row + last));
    case 'lora':
      // Rank 1 and a little: each row is the same row, scaled.
      return mix(placeColor(corners, scatter(row), 0.5), placeColor(corners, 0.5, scatter(column + last)), 0.5);
    case 'mora': {
      const tied = patternOf(mode, entries, size)[row]?.[column] ?? [];
      const total = tied.reduce((sum, { weight }) => sum + weight * weight, 0);
      if (total === 0) return undefined;
      const edge = Math.max(1, size - 1);
      return tied.reduce<Rgb>(
        (sum, entry) =>
          add(sum, placeColor(corners, entry.row / edge, entry.column / edge), (entry.weight * entry.weight) / total),
        [0, 0, 0],
      );
    }
  }
}

const patterns = new Map<string, TiePattern>();

function patternOf(mode: MoraMode, entries: number, size: number): TiePattern {
  const key = `${mode} ${entries} ${size}`;
  const known = patterns.get(key) ?? tiePattern(mode, entries, entries, size);
  patterns.set(key, known);
  return known;
}

/** Down and across, 0 to 1. */
function placeColor(corners: Corners, down: number, across: number): Rgb {
  return mix(
    mix(corners.topLeft, corners.topRight, across),
    mix(corners.bottomLeft, corners.bottomRight, across),
    down,
  );
}

/** Spreads whole numbers over 0 to 1 without a visible order (multiples of the golden ratio). */
function scatter(index: number): number {
  return (index * 0.618_033_988_75) % 1;
}

function mix(a: Rgb, b: Rgb, share: number): Rgb {
  return add([a[0] * (1 - share), a[1] * (1 - share), a[2] * (1 - share)], b, share);
}

function add(sum: Rgb, color: Rgb, weight: number): Rgb {
  return [sum[0] + color[0] * weight, sum[1] + color[1] * weight, sum[2] + color[2] * weight];
}

/** VS Code writes its variables as #rrggbb, #rrggbbaa or rgba(…). */
function parseColor(text: string): Rgb | undefined {
  const hex = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})/i.exec(text.trim());
  if (hex !== null) return [hex[1], hex[2], hex[3]].map((part) => parseInt(part ?? '0', 16)) as unknown as Rgb;
  const numbers = /^rgba?\(\s*(\d+)[\s,]+(\d+)[\s,]+(\d+)/i.exec(text.trim());
  if (numbers !== null) return [Number(numbers[1]), Number(numbers[2]), Number(numbers[3])];
  return undefined;
}
