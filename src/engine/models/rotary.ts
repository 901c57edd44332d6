/** Angles of rotary position embedding (Su et al. 2021). */
export type RotaryConfig =
  | { readonly kind: 'default'; readonly theta: number }
  | {
      /** Llama 3.1: slow rotations stretched by `factor`, fast ones kept, a smooth ramp between. */
      readonly kind: 'llama3';
      readonly theta: number;
      readonly factor: number;
      readonly lowFrequencyFactor: number;
      readonly highFrequencyFactor: number;
      readonly originalPositions: number;
    };

/** cos and sin of position · frequency, each [positions, headSize/2]. */
export interface RotaryTables {
  readonly cosines: Float32Array;
  readonly sines: Float32Array;
}

/** Tables for positions 0..positions−1, in the float32 steps of the reference implementation in transformers. */
export function rotaryTables(config: RotaryConfig, headSize: number, positions: number): RotaryTables {
  const half = headSize / 2;
  const frequencies = inverseFrequencies(config, headSize);
  const cosines = new Float32Array(positions * half);
  const sines = new Float32Array(positions * half);
  for (let position = 0; position < positions; position++) {
    frequencies.forEach((frequency, k) => {
      const angle = Math.fround(position * frequency);
      cosines[position * half + k] = Math.cos(angle);
      sines[position * half + k] = Math.sin(angle);
    });
  }
  return { cosines, sines };
}

/** θ^(−2k/headSize) for k < headSize/2, scaled as the config says. Radians a position. */
export function inverseFrequencies(config: RotaryConfig, headSize: number): Float32Array {
  const plain = Float32Array.from(
    { length: headSize / 2 },
    (_, k) => 1 / Math.fround(config.theta ** Math.fround((2 * k) / headSize)),
  );
  switch (config.kind) {
    case 'default':
      return plain;
    case 'llama3':
      return plain.map((frequency) => stretched(frequency, config));
  }
}

/** Llama 3.1's rule, by wavelength 2π/frequency against the original context. */
function stretched(frequency: number, config: Extract<RotaryConfig, { kind: 'llama3' }>): number {
  const { factor, lowFrequencyFactor: low, highFrequencyFactor: high, originalPositions } = config;
  const wavelength = (2 * Math.PI) / frequency;
  if (wavelength < originalPositions / high) return frequency;
  if (wavelength > originalPositions / low) return frequency / factor;
  const smooth = (originalPositions / wavelength - low) / (high - low);
  return ((1 - smooth) * frequency) / factor + smooth * frequency;
}
