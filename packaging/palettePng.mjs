// @ts-check
import { readPng, writePalettePng } from './png.mjs';

const MOST_COLOURS = 256;

/** Channels of a colour by the place of their bits. */
const SHIFTS = [16, 8, 0];

/**
 * The same picture with at most 256 colours, a third as large for one of an editor. One with no more loses nothing.
 *
 * @param {Buffer} png as a browser writes it
 * @returns {Buffer}
 */
export function withPalette(png) {
  const picture = readPng(png);
  /** @type {Map<number, number>} */
  const counts = new Map();
  for (const colour of picture.colours) counts.set(colour, (counts.get(colour) ?? 0) + 1);
  const palette = paletteOf(counts);
  const nearest = new Map([...counts.keys()].map((colour) => [colour, nearestIn(palette, colour)]));
  return writePalettePng(
    picture,
    palette,
    Uint8Array.from(picture.colours, (colour) => nearest.get(colour) ?? 0),
  );
}

/**
 * Splits the colours where they differ most until there are enough groups (Wu's criterion: the sum of squared
 * distances to the mean). A group's colour is the one that most of its pixels have, so that plain areas stay what they are.
 *
 * @param {ReadonlyMap<number, number>} counts pixels by colour
 */
function paletteOf(counts) {
  const groups = [group([...counts])];
  while (groups.length < MOST_COLOURS) {
    const widest = groups.reduce((best, each) => (each.spread > best.spread ? each : best));
    if (widest.spread === 0) break;
    const { shift, mean, entries } = widest;
    const low = entries.filter(([colour]) => channel(colour, shift) <= mean);
    const high = entries.filter(([colour]) => channel(colour, shift) > mean);
    groups.splice(groups.indexOf(widest), 1, group(low), group(high));
  }
  return groups.map(({ entries }) => entries.reduce((most, each) => (each[1] > most[1] ? each : most))[0]);
}

/**
 * @param {Array<[colour: number, pixels: number]>} entries
 * @returns the channel in which they differ most, with its mean and its sum of squared distances to it
 */
function group(entries) {
  const pixels = entries.reduce((sum, [, count]) => sum + count, 0);
  const channels = SHIFTS.map((shift) => {
    const mean = entries.reduce((sum, [colour, count]) => sum + count * channel(colour, shift), 0) / pixels;
    const spread = entries.reduce((sum, [colour, count]) => sum + count * (channel(colour, shift) - mean) ** 2, 0);
    return { shift, mean, spread };
  });
  return { entries, ...channels.reduce((most, each) => (each.spread > most.spread ? each : most)) };
}

/**
 * @param {number} colour
 * @param {number} shift
 */
function channel(colour, shift) {
  return (colour >> shift) & 0xff;
}

/**
 * @param {readonly number[]} palette
 * @param {number} colour
 */
function nearestIn(palette, colour) {
  let nearest = 0;
  let least = Infinity;
  for (const [index, candidate] of palette.entries()) {
    const distance = SHIFTS.reduce((sum, shift) => sum + (channel(colour, shift) - channel(candidate, shift)) ** 2, 0);
    if (distance < least) [nearest, least] = [index, distance];
  }
  return nearest;
}
