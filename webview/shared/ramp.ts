// A sequential colour scale whose lightness is linear in the value, so that equal differences look equal, also in grey
// and to most colour-blind eyes. Colours are mixed in OKLab (Ottosson 2020, "A perceptual color space for image
// processing"), whose L is lightness.

type Triple = readonly [number, number, number];

/** From near the background to what stands out from it. */
const ON_DARK = ['#1d2740', '#1f4e79', '#23808c', '#4fb286', '#b3d96c', '#f9ef9a'];
const ON_LIGHT = ['#f1f6ea', '#c3e2cf', '#7fc4c4', '#3f93b8', '#2a5d9c', '#1b2a5e'];

export interface Ramp {
  /** CSS colour of a share in [0, 1]. */
  readonly color: (share: number) => string;
  /** Black or white, whichever reads better on that colour. */
  readonly ink: (share: number) => string;
  /** OKLab lightness, for tests. */
  readonly lightness: (share: number) => number;
}

export function ramp(isDark: boolean): Ramp {
  const stops = (isDark ? ON_DARK : ON_LIGHT).map((hex) => toOklab(linearOf(hex)));
  const at = (share: number): Triple => mixed(stops, Math.min(1, Math.max(0, Number.isFinite(share) ? share : 0)));
  return {
    color: (share) => css(fromOklab(at(share))),
    ink: (share) => (luminance(fromOklab(at(share))) > EVEN_LUMINANCE ? '#000000' : '#ffffff'),
    lightness: (share) => at(share)[0],
  };
}

/** Where black and white have the same WCAG contrast: (L + 0.05)² = 1.05 · 0.05. */
const EVEN_LUMINANCE = Math.sqrt(1.05 * 0.05) - 0.05;

/** Stops lie where their lightness puts them, which makes lightness linear in the share. */
function mixed(stops: readonly Triple[], share: number): Triple {
  const first = stops[0] ?? [0, 0, 0];
  const last = stops.at(-1) ?? first;
  const lightness = first[0] + share * (last[0] - first[0]);
  for (let index = 1; index < stops.length; index++) {
    const from = stops[index - 1] ?? first;
    const to = stops[index] ?? last;
    const part = (lightness - from[0]) / (to[0] - from[0]);
    if (part <= 1 || index === stops.length - 1) {
      return [lightness, from[1] + part * (to[1] - from[1]), from[2] + part * (to[2] - from[2])];
    }
  }
  return first;
}

function linearOf(hex: string): Triple {
  const channel = (start: number): number => {
    const value = parseInt(hex.slice(start, start + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return [channel(1), channel(3), channel(5)];
}

function toOklab([r, g, b]: Triple): Triple {
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

/** Linear RGB, each channel within [0, 1]. */
function fromOklab([lightness, a, b]: Triple): Triple {
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const clamp = (value: number): number => Math.min(1, Math.max(0, value));
  return [
    clamp(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
    clamp(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
    clamp(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s),
  ];
}

function luminance([r, g, b]: Triple): number {
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function css(linear: Triple): string {
  const [r, g, b] = linear.map((value) =>
    Math.round(255 * (value <= 0.0031308 ? 12.92 * value : 1.055 * value ** (1 / 2.4) - 0.055)),
  );
  return `rgb(${r ?? 0}, ${g ?? 0}, ${b ?? 0})`;
}
