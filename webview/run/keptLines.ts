import type { RunSnapshot } from '../../src/host/protocol/runPanel';
import type { Line } from '../shared/chart/lines';
import type { Theme } from '../shared/theme';

/** Makes the lines of a chart anew only for another snapshot or theme: a chart is drawn again when they change. */
export class KeptLines {
  private readonly kept = new Map<string, { snapshot: RunSnapshot; theme: Theme; lines: readonly Line[] }>();

  get(key: string, snapshot: RunSnapshot, theme: Theme, make: () => readonly Line[]): readonly Line[] {
    const known = this.kept.get(key);
    if (known?.snapshot === snapshot && known.theme === theme) return known.lines;
    const lines = make();
    this.kept.set(key, { snapshot, theme, lines });
    return lines;
  }
}
