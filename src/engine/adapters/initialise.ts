import type { AdapterParameters, AdapterStructure } from './structure';

/**
 * Parameters before the first step, with ΔW = 0. MoRA and full start at zero. LoRA starts with B = 0 and A uniform in
 * ±1/√dIn: Kaiming uniform with a = √5, whose bound √(6 / ((1 + a²) dIn)) that is (He et al. 2015; PEFT's default).
 * `random` yields numbers in [0, 1); A takes them in row-major order.
 */
export function initialise(structure: AdapterStructure, random: () => number): AdapterParameters {
  const { dIn, dOut } = structure;
  switch (structure.method) {
    case 'mora':
      return { [structure.normalized ? 'N' : 'M']: new Float32Array(structure.rHat * structure.rHat) };
    case 'lora': {
      const bound = 1 / Math.sqrt(dIn);
      const a = new Float32Array(structure.rank * dIn);
      for (let i = 0; i < a.length; i++) a[i] = (2 * random() - 1) * bound;
      return { A: a, B: new Float32Array(dOut * structure.rank) };
    }
    case 'full':
      return { W: new Float32Array(dOut * dIn) };
  }
}
