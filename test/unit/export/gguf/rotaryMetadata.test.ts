import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { rotaryMetadata, type RotaryPart } from '../../../../src/engine/export/gguf/rotaryMetadata';
import { llama } from '../../../../src/engine/models/families/llama';
import { phi3 } from '../../../../src/engine/models/families/phi3';
import { FIXTURES } from './families';

/** What transformers gives, by test/fixtures/rotary/make.py. */
interface RotaryCase {
  readonly model_type: 'llama' | 'phi3';
  readonly config: { readonly rope_parameters: { readonly rope_type: string; readonly truncate?: boolean } };
  readonly length: number;
  readonly positions: readonly number[];
  readonly cosines: readonly (readonly number[])[];
  readonly sines: readonly (readonly number[])[];
}

const CASES = JSON.parse(await readFile(join(FIXTURES, 'rotary/rotary.json'), 'utf8')) as RotaryCase[];

/** Angle and magnitude of pair k at a position as llama.cpp has them from the keys and tensors of a GGUF file. */
function inLlamaCpp({ metadata, tensors }: RotaryPart, position: number, k: number, context: number): [number, number] {
  const keys = new Map(metadata.map(([key, value]) => [key, value.type === 'array' ? undefined : value.value]));
  const number = (key: string, otherwise: number): number => (keys.get(key) as number | undefined) ?? otherwise;
  const kind = keys.get('rope.scaling.type');
  const size = number('rope.dimension_count', 0);
  const base = number('rope.freq_base', 10_000);
  const factor = number('rope.scaling.factor', 1);
  const original = number('rope.scaling.original_context_length', context);
  const named = (name: string): Float32Array | undefined => tensors.find((tensor) => tensor.name === name)?.values;
  const divisors =
    named('rope_freqs.weight') ?? named(context > original ? 'rope_factors_long.weight' : 'rope_factors_short.weight');
  const kept = (position * base ** ((-2 * k) / size)) / (divisors?.[k] ?? 1);
  let magnitude = number('rope.scaling.attn_factor', 1);
  if (kind !== 'yarn') return [kept / factor, magnitude];
  const dimension = (turns: number): number =>
    (size * Math.log(original / (turns * 2 * Math.PI))) / (2 * Math.log(base));
  const low = Math.max(0, Math.floor(dimension(32)));
  const high = Math.min(size - 1, Math.ceil(dimension(1)));
  const mix = 1 - Math.min(1, Math.max(0, (k - low) / Math.max(0.001, high - low)));
  magnitude *= 1 + 0.1 * Math.log(factor);
  return [(kept / factor) * (1 - mix) + kept * mix, magnitude];
}

const SCALINGS = CASES.filter(
  ({ config: { rope_parameters: rope } }) => rope.rope_type !== 'dynamic' && rope.truncate !== false,
);

describe('the angles that llama.cpp has from a GGUF file are those of transformers', () => {
  it.each(SCALINGS.map((one) => [one.config.rope_parameters.rope_type, one.length, one] as const))(
    '%s, %i tokens',
    (_kind, length, { model_type: family, config, positions, cosines, sines }) => {
      const { layerKinds } = { llama, phi3 }[family](config);
      const part = rotaryMetadata({ full: layerKinds[0]!.rotary!, sliding: undefined });
      positions.forEach((position, index) => {
        cosines[index]!.forEach((cosine, k) => {
          const [angle, magnitude] = inLlamaCpp(part, position, k, length);
          // Angles reach 100 rad in the float32 of transformers.
          expect(Math.abs(Math.cos(angle) * magnitude - cosine)).toBeLessThan(3e-5);
          expect(Math.abs(Math.sin(angle) * magnitude - sines[index]![k]!)).toBeLessThan(3e-5);
        });
      });
    },
  );

  it('with each kind of scaling', () => {
    const kinds = SCALINGS.map(({ config }) => config.rope_parameters.rope_type);
    expect([...new Set(kinds)].sort()).toEqual(['linear', 'llama3', 'longrope', 'yarn']);
  });
});
