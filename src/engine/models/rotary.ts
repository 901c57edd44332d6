/** How rotary frequencies are changed to reach beyond the context that a model was first trained for. */
export type RotaryScaling =
  | { readonly kind: 'default' }
  /** Every frequency divided by the factor (position interpolation, Chen et al. 2023). */
  | { readonly kind: 'linear'; readonly factor: number }
  /** A larger θ for sequences longer than the first context, by their length ("dynamic NTK"). */
  | { readonly kind: 'dynamic'; readonly factor: number; readonly originalPositions: number }
  | {
      /** Llama 3.1: slow rotations stretched by `factor`, fast ones kept, a smooth ramp between. */
      readonly kind: 'llama3';
      readonly factor: number;
      readonly lowFrequencyFactor: number;
      readonly highFrequencyFactor: number;
      readonly originalPositions: number;
    }
  | {
      /** YaRN (Peng et al. 2023): a ramp over dimensions between kept and stretched frequencies. */
      readonly kind: 'yarn';
      readonly factor: number;
      /** Rotations over the first context above which a frequency is kept, and below which it is stretched. */
      readonly fastRotations: number;
      readonly slowRotations: number;
      /** The ramp begins and ends at whole dimensions. */
      readonly truncated: boolean;
      readonly originalPositions: number;
    }
  | {
      /** LongRoPE (Ding et al. 2024): a divisor for each frequency, one list within the first context, one beyond. */
      readonly kind: 'longrope';
      readonly shortFactors: readonly number[];
      readonly longFactors: readonly number[];
      readonly originalPositions: number;
    };

/** Angles of rotary position embedding (Su et al. 2021). */
export interface RotaryConfig {
  readonly theta: number;
  /** How many numbers of a head are turned: all, or the first ones. Even. */
  readonly size: number;
  /** Factor of cosines and sines (YaRN and LongRoPE raise the scores with it). */
  readonly magnitude: number;
  readonly scaling: RotaryScaling;
}

/** magnitude · cos and sin of position · frequency, each [positions, size/2]. */
export interface RotaryTables {
  readonly cosines: Float32Array;
  readonly sines: Float32Array;
}

/**
 * Tables for `positions` positions from `first` on, of sequences of which the longest has `longest` tokens (it matters to
 * dynamic and longrope alone), in the float32 steps of the reference implementation in transformers.
 */
export function rotaryTables(config: RotaryConfig, positions: number, longest: number, first = 0): RotaryTables {
  const half = config.size / 2;
  const frequencies = inverseFrequencies(config, longest);
  const cosines = new Float32Array(positions * half);
  const sines = new Float32Array(positions * half);
  for (let row = 0; row < positions; row++) {
    frequencies.forEach((frequency, k) => {
      const angle = Math.fround((first + row) * frequency);
      cosines[row * half + k] = Math.cos(angle) * config.magnitude;
      sines[row * half + k] = Math.sin(angle) * config.magnitude;
    });
  }
  return { cosines, sines };
}

/** Which frequencies a sequence of so many tokens has: equal numbers for equal frequencies. */
export function frequencyClass(config: RotaryConfig, length: number): number {
  if (length <= plainUpTo(config)) return 0;
  return config.scaling.kind === 'dynamic' ? length : 1;
}

/** Whether the frequencies depend on the longest sequence, and then up to which length they do not. */
export function plainUpTo({ scaling }: RotaryConfig): number {
  return scaling.kind === 'dynamic' || scaling.kind === 'longrope' ? scaling.originalPositions : Infinity;
}

/** θ^(−2k/size) for k < size/2, scaled as the config says. Radians a position. */
export function inverseFrequencies({ theta, size, scaling }: RotaryConfig, longest: number): Float32Array {
  const plain = powers(theta, size).map((power) => 1 / power);
  switch (scaling.kind) {
    case 'default':
      return plain;
    case 'linear':
      return plain.map((frequency) => frequency / scaling.factor);
    case 'dynamic': {
      const { factor, originalPositions } = scaling;
      const stretch = (factor * Math.max(longest, originalPositions)) / originalPositions - (factor - 1);
      return powers(theta * stretch ** (size / (size - 2)), size).map((power) => 1 / power);
    }
    case 'llama3':
      return plain.map((frequency) => stretched(frequency, scaling));
    case 'yarn': {
      const ramp = keptRamp(theta, size, scaling);
      return powers(theta, size).map((power, k) => {
        const kept = ramp(k);
        return Math.fround(Math.fround(1 / (scaling.factor * power)) * (1 - kept)) + Math.fround(kept / power);
      });
    }
    case 'longrope': {
      const factors = longest > scaling.originalPositions ? scaling.longFactors : scaling.shortFactors;
      return powers(theta, size).map((power, k) => 1 / Math.fround((factors[k] ?? 1) * power));
    }
  }
}

/** θ^(2k/size) for k < size/2. */
function powers(theta: number, size: number): Float32Array {
  return Float32Array.from({ length: size / 2 }, (_, k) => theta ** Math.fround((2 * k) / size));
}

/** Llama 3.1's rule, by wavelength 2π/frequency against the original context. */
function stretched(frequency: number, scaling: Extract<RotaryScaling, { kind: 'llama3' }>): number {
  const { factor, lowFrequencyFactor: low, highFrequencyFactor: high, originalPositions } = scaling;
  const wavelength = (2 * Math.PI) / frequency;
  if (wavelength < originalPositions / high) return frequency;
  if (wavelength > originalPositions / low) return frequency / factor;
  const smooth = (originalPositions / wavelength - low) / (high - low);
  return ((1 - smooth) * frequency) / factor + smooth * frequency;
}

/** YaRN's share of the kept frequency at dimension k: 1 for fast rotations, 0 for slow ones, linear between. */
function keptRamp(
  theta: number,
  size: number,
  { fastRotations, slowRotations, originalPositions, truncated }: Extract<RotaryScaling, { kind: 'yarn' }>,
): (k: number) => number {
  /** The dimension that turns this often over the original context. */
  const dimension = (rotations: number): number =>
    (size * Math.log(originalPositions / (rotations * 2 * Math.PI))) / (2 * Math.log(theta));
  const [low, high] = [dimension(fastRotations), dimension(slowRotations)];
  const first = Math.max(truncated ? Math.floor(low) : low, 0);
  const last = Math.min(truncated ? Math.ceil(high) : high, size - 1);
  // An empty ramp is a step, without dividing by zero.
  const width = last === first ? 0.001 : last - first;
  return (k) => 1 - Math.min(1, Math.max(0, (k - first) / width));
}
