import { describe, expect, it } from 'vitest';
import { ramp } from '../../../webview/shared/ramp';

const shares = Array.from({ length: 101 }, (_, index) => index / 100);

/** Contrast of two colours (WCAG 2.1, relative luminance). */
function contrast(a: string, b: string): number {
  const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

function luminance(color: string): number {
  const channels = color.startsWith('#')
    ? [1, 3, 5].map((start) => parseInt(color.slice(start, start + 2), 16))
    : color.match(/\d+/g)!.map(Number);
  const [r, g, b] = channels.map((channel) => {
    const value = channel / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

describe.each([
  ['dark', true, '#1f1f1f'],
  ['light', false, '#ffffff'],
])('the colour scale of %s themes', (_, isDark, background) => {
  const { color, ink, lightness } = ramp(isDark);

  it('changes lightness by the same amount everywhere', () => {
    const slope = lightness(1) - lightness(0);
    for (const share of shares) expect(lightness(share)).toBeCloseTo(lightness(0) + share * slope, 6);
    expect(Math.abs(slope)).toBeGreaterThan(0.5);
  });

  it('leads away from the background, also as the screen shows it', () => {
    const contrasts = shares.map((share) => contrast(color(share), background));
    for (let index = 1; index < contrasts.length; index++) {
      expect(contrasts[index]!).toBeGreaterThan(contrasts[index - 1]! - 0.02);
    }
    expect(contrasts.at(-1)).toBeGreaterThan(10);
  });

  it('carries text that can be read at every value', () => {
    for (const share of shares) expect(contrast(color(share), ink(share))).toBeGreaterThan(4.5);
  });

  it('stays within its ends for values beyond them', () => {
    expect(color(-3)).toBe(color(0));
    expect(color(3)).toBe(color(1));
    expect(color(NaN)).toBe(color(0));
  });
});
