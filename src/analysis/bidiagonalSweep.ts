/** A plane rotation [c s; −s c] with [c s; −s c][f; g] = [r; 0]; one object reused, so that sweeps do not allocate. */
export interface Rotation {
  c: number;
  s: number;
  r: number;
}

export function identityRotation(): Rotation {
  return { c: 1, s: 0, r: 0 };
}

/** One QR sweep with zero shift over rows `low..high`; sums only positive terms, so no relative accuracy is lost. */
export function sweepUnshifted(d: Float64Array, e: Float64Array, low: number, high: number, rotation: Rotation): void {
  let c = 1;
  let oldC = 1;
  let oldS = 0;
  for (let i = low; i < high; i++) {
    rotate((d[i] as number) * c, e[i] as number, rotation);
    const { s, r } = rotation;
    c = rotation.c;
    if (i > low) e[i - 1] = oldS * r;
    rotate(oldC * r, (d[i + 1] as number) * s, rotation);
    oldC = rotation.c;
    oldS = rotation.s;
    d[i] = rotation.r;
  }
  const last = (d[high] as number) * c;
  d[high] = last * oldC;
  e[high - 1] = last * oldS;
}

/** One QR sweep with `shift` over rows `low..high`, chasing the bulge down (Golub & Van Loan, Algorithm 8.6.1). */
export function sweepShifted(
  d: Float64Array,
  e: Float64Array,
  low: number,
  high: number,
  shift: number,
  rotation: Rotation,
): void {
  const top = d[low] as number;
  let f = (Math.abs(top) - shift) * (Math.sign(top) + shift / top);
  let g = e[low] as number;
  for (let i = low; i < high; i++) {
    const di = d[i] as number;
    const ei = e[i] as number;
    const next = d[i + 1] as number;
    rotate(f, g, rotation);
    if (i > low) e[i - 1] = rotation.r;
    f = rotation.c * di + rotation.s * ei;
    g = rotation.s * next;
    const off = rotation.c * ei - rotation.s * di;
    const below = rotation.c * next;
    rotate(f, g, rotation);
    d[i] = rotation.r;
    f = rotation.c * off + rotation.s * below;
    d[i + 1] = rotation.c * below - rotation.s * off;
    if (i < high - 1) {
      const offNext = e[i + 1] as number;
      g = rotation.s * offNext;
      e[i + 1] = rotation.c * offNext;
    }
  }
  e[high - 1] = f;
}

/** Fills `rotation` for [f; g]; dividing by the larger of the two keeps squares from overflowing or vanishing. */
function rotate(f: number, g: number, rotation: Rotation): void {
  if (g === 0) {
    rotation.c = 1;
    rotation.s = 0;
    rotation.r = f;
  } else if (Math.abs(f) > Math.abs(g)) {
    const t = g / f;
    const length = Math.sqrt(1 + t * t);
    rotation.c = 1 / length;
    rotation.s = t / length;
    rotation.r = f * length;
  } else {
    const t = f / g;
    const length = Math.sqrt(1 + t * t);
    rotation.c = t / length;
    rotation.s = 1 / length;
    rotation.r = g * length;
  }
}
