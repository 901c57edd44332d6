import { AdapterError } from './adapterError';

/** The linear layer that an adapter changes: y [dOut] = W [dOut, dIn] x. */
export interface LayerSize {
  readonly dIn: number;
  readonly dOut: number;
}

/** "4096 → 1024", inputs to outputs. */
export function describeLayer({ dIn, dOut }: LayerSize): string {
  return `${dIn} → ${dOut}`;
}

/** Throws an AdapterError unless both sides are positive whole numbers. */
export function requireLayerSize(layer: LayerSize): void {
  if (isPositiveInteger(layer.dIn) && isPositiveInteger(layer.dOut)) return;
  throw new AdapterError(
    `A layer ${describeLayer(layer)} cannot have an adapter; both sides must be positive integers.`,
  );
}

/** Throws an AdapterError unless the rank is a positive whole number. */
export function requireRank(rank: number, layer: LayerSize): void {
  if (isPositiveInteger(rank)) return;
  throw new AdapterError(`Rank ${rank} for the layer ${describeLayer(layer)} is not possible; use a positive integer.`);
}

function isPositiveInteger(value: number): boolean {
  return Number.isSafeInteger(value) && value > 0;
}
