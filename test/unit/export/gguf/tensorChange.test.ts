import { describe, expect, it } from 'vitest';
import { changed, unchanged } from '../../../../src/engine/export/gguf/tensorChange';

const HEADS = 3;
const HEAD = 8;
const WIDTH = 5;

/** Turns numbers i and j of a vector by an angle. */
function turn(x: number[], i: number, j: number, angle: number): void {
  const [a, b] = [x[i]!, x[j]!];
  x[i] = a * Math.cos(angle) - b * Math.sin(angle);
  x[j] = b * Math.cos(angle) + a * Math.sin(angle);
}

const angle = (position: number, k: number): number => position * 100 ** ((-2 * k) / HEAD);

/** W x with the rotary embedding of transformers, which pairs k with k + h/2, or of llama.cpp, 2k with 2k + 1. */
function embedded(weight: Float32Array, x: number[], position: number, pairs: 'apart' | 'neighbours'): number[] {
  const y = Array.from({ length: HEADS * HEAD }, (_, row) =>
    x.reduce((sum, value, column) => sum + value * weight[row * WIDTH + column]!, 0),
  );
  for (let head = 0; head < HEADS; head++) {
    for (let k = 0; k < HEAD / 2; k++) {
      const at = head * HEAD;
      const [i, j] = pairs === 'apart' ? [at + k, at + k + HEAD / 2] : [at + 2 * k, at + 2 * k + 1];
      turn(y, i, j, angle(position, k));
    }
  }
  return y;
}

const dot = (a: number[], b: number[]): number => a.reduce((sum, value, i) => sum + value * b[i]!, 0);

describe('rows reordered for rotary embedding of neighbours', () => {
  const weight = (seed: number): Float32Array =>
    Float32Array.from({ length: HEADS * HEAD * WIDTH }, (_, i) => Math.sin(seed + i * 1.7));
  const [q, k] = [weight(1), weight(2)];
  const change = { kind: 'interleave', heads: HEADS } as const;

  it('give the scores of attention that the model has', () => {
    const x = [0.3, -1, 0.7, 2, -0.4];
    const y = [1, 0.2, -0.5, 0.9, 1.1];
    const rows = HEADS * HEAD;
    const expected = dot(embedded(q, x, 7, 'apart'), embedded(k, y, 3, 'apart'));
    const found = dot(
      embedded(changed(change, q, rows), x, 7, 'neighbours'),
      embedded(changed(change, k, rows), y, 3, 'neighbours'),
    );
    expect(found).toBeCloseTo(expected, 10);
    expect(dot(embedded(q, x, 7, 'neighbours'), embedded(k, y, 3, 'neighbours'))).not.toBeCloseTo(expected, 1);
  });

  it('come back in order', () => {
    expect(unchanged(change, changed(change, q, HEADS * HEAD), HEADS * HEAD)).toEqual(q);
  });
});

it('norms stored as differences from 1 are written whole, and come back', () => {
  const change = { kind: 'offset', by: 1 } as const;
  const values = Float32Array.of(0.5, -0.25, 0);
  expect(changed(change, values, 3)).toEqual(Float32Array.of(1.5, 0.75, 1));
  expect(unchanged(change, changed(change, values, 3), 3)).toEqual(values);
});
