import type { Row } from './rows';

/** What a key of the treegrid pattern does: another row, or a group opened or closed. */
export type TreeMove =
  | { readonly kind: 'select'; readonly index: number }
  | { readonly kind: 'open' | 'close'; readonly ids: readonly string[] };

/** Undefined for keys that are not the tree's, or that lead nowhere. */
export function treeMove(key: string, rows: readonly Row[], index: number, page: number): TreeMove | undefined {
  const row = rows[index];
  if (row === undefined) return undefined;
  const select = (to: number): TreeMove => ({ kind: 'select', index: Math.min(rows.length - 1, Math.max(0, to)) });
  const isGroup = row.node.children.length > 0;
  switch (key) {
    case 'ArrowDown':
      return select(index + 1);
    case 'ArrowUp':
      return select(index - 1);
    case 'PageDown':
      return select(index + page);
    case 'PageUp':
      return select(index - page);
    case 'Home':
      return select(0);
    case 'End':
      return select(rows.length - 1);
    case 'ArrowRight':
      if (!isGroup) return undefined;
      return row.isOpen ? select(index + 1) : { kind: 'open', ids: [row.node.id] };
    case 'ArrowLeft':
      if (isGroup && row.isOpen) return { kind: 'close', ids: [row.node.id] };
      return row.level === 1 ? undefined : select(parentOf(rows, index));
    case 'Enter':
    case ' ':
      return isGroup ? { kind: row.isOpen ? 'close' : 'open', ids: [row.node.id] } : undefined;
    case '*': {
      const siblings = siblingsOf(rows, index).filter(({ node, isOpen }) => node.children.length > 0 && !isOpen);
      return { kind: 'open', ids: siblings.map(({ node }) => node.id) };
    }
    default:
      return undefined;
  }
}

function parentOf(rows: readonly Row[], index: number): number {
  const level = rows[index]?.level ?? 1;
  for (let at = index - 1; at >= 0; at--) if ((rows[at]?.level ?? 0) < level) return at;
  return 0;
}

function siblingsOf(rows: readonly Row[], index: number): Row[] {
  const parent = parentOf(rows, index);
  const level = rows[index]?.level ?? 1;
  const siblings: Row[] = [];
  for (let at = parent + (level === 1 ? 0 : 1); at < rows.length; at++) {
    const row = rows[at];
    if (row === undefined || row.level < level) break;
    if (row.level === level) siblings.push(row);
  }
  return siblings;
}

/** Keys typed one after another look for a row whose label begins so. */
export class TypeAhead {
  private typed = '';
  private at = -Infinity;

  /** @param now milliseconds; after a pause one begins anew */
  find(key: string, rows: readonly Row[], index: number, now: number): number | undefined {
    if (key.length !== 1 || key === ' ') return undefined;
    const isNew = now - this.at > PAUSE_MS;
    this.typed = isNew ? key.toLowerCase() : this.typed + key.toLowerCase();
    this.at = now;
    // The first key leaves the row one is on; further ones may stay there.
    const from = this.typed.length === 1 ? index + 1 : index;
    for (let step = 0; step < rows.length; step++) {
      const at = (from + step) % rows.length;
      if (rows[at]?.node.label.toLowerCase().startsWith(this.typed) === true) return at;
    }
    return undefined;
  }
}

const PAUSE_MS = 700;
