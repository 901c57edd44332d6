import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { llama } from '../../../src/engine/models/families/llama';
import { phi3 } from '../../../src/engine/models/families/phi3';
import { rotaryTables } from '../../../src/engine/models/rotary';

/** What transformers gives, by test/fixtures/rotary/make.py. */
interface RotaryCase {
  readonly model_type: 'llama' | 'phi3';
  readonly config: { readonly rope_parameters: { readonly rope_type: string } };
  /** Of the longest sequence. */
  readonly length: number;
  readonly positions: readonly number[];
  readonly cosines: readonly (readonly number[])[];
  readonly sines: readonly (readonly number[])[];
}

const cases = JSON.parse(
  readFileSync(new URL('../../fixtures/rotary/rotary.json', import.meta.url), 'utf8'),
) as RotaryCase[];

/** Angles reach 100 rad in float32, where a step of the last bit is 8e-6. */
const TOLERANCE = 2e-5;

describe('rotary angles agree with transformers', () => {
  it.each(cases.map((one) => [one.config.rope_parameters.rope_type, one.length, one] as const))(
    '%s, %i tokens',
    (_kind, length, { model_type, config, positions, cosines, sines }) => {
      const decoder = { llama, phi3 }[model_type](config);
      const rotary = decoder.layerKinds[0]!.rotary!;
      const tables = rotaryTables(rotary, length, length);
      const half = rotary.size / 2;
      positions.forEach((position, index) => {
        const at = (table: Float32Array): number[] => [...table.subarray(position * half, (position + 1) * half)];
        expect(cosines[index]).toHaveLength(half);
        at(tables.cosines).forEach((value, k) => expect(Math.abs(value - cosines[index]![k]!)).toBeLessThan(TOLERANCE));
        at(tables.sines).forEach((value, k) => expect(Math.abs(value - sines[index]![k]!)).toBeLessThan(TOLERANCE));
      });
    },
  );

  it('name what a scaling lacks, and which scalings there are', () => {
    const [{ config }] = cases as [RotaryCase];
    const scaled = (rope: object) => () => llama({ ...config, rope_parameters: rope });
    expect(scaled({ rope_type: 'yarn', factor: 4 })).toThrow('rotary scaling "yarn" lacks "original_max_position_emb');
    expect(scaled({ rope_type: 'spiral' })).toThrow(
      'supported are default, linear, dynamic, llama3, yarn and longrope',
    );
    expect(scaled({ rope_type: 'linear' })).toThrow('lacks "factor"');
  });
});
