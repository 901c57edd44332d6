import type { RunSnapshot } from '../../src/host/protocol/runPanel';

// The extension and its panel are one package, but a panel can outlive an update of the extension: it checks the
// outline of what arrives rather than every number.

export function asSnapshot(body: unknown): RunSnapshot {
  if (typeof body !== 'object' || body === null) throw new Error('the snapshot is no object');
  for (const member of [
    'facts',
    'figures',
    'axis',
    'extent',
    'newest',
    'span',
    'checkpoints',
    'merges',
    'epochs',
    'runs',
  ]) {
    if (!(member in body)) throw new Error(`the snapshot has no "${member}"; reopen the panel`);
  }
  return body as RunSnapshot;
}

export function asRoots(body: unknown): string[] {
  if (!Array.isArray(body)) throw new Error('the overlays are no list');
  return body.filter((root) => typeof root === 'string');
}
