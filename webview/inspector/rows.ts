import type { ListedTensor } from '../../src/engine/rpc/contents';
import type { TreeNode } from './tree';

export const SORTS = ['name', 'bytes', 'file'] as const;
export type Sort = (typeof SORTS)[number];

/** A line of the tree on screen. */
export interface Row {
  readonly node: TreeNode;
  /** From 1, as ARIA counts. */
  readonly level: number;
  /** Place among its siblings, from 1, and how many they are. */
  readonly position: number;
  readonly siblings: number;
  readonly isOpen: boolean;
  /** Its bytes over those of its parent. */
  readonly share: number;
}

/** "layers.2" comes before "layers.10". */
const natural = new Intl.Collator('en', { numeric: true });

const ORDERS: Readonly<Record<Sort, (a: TreeNode, b: TreeNode) => number>> = {
  name: (a, b) => natural.compare(a.label, b.label),
  bytes: (a, b) => b.totals.bytes - a.totals.bytes || a.order - b.order,
  file: (a, b) => a.order - b.order,
};

/** The tree with every list of children in order. */
export function sorted(node: TreeNode, sort: Sort): TreeNode {
  if (node.children.length === 0) return node;
  return { ...node, children: node.children.map((child) => sorted(child, sort)).sort(ORDERS[sort]) };
}

/**
 * The part of the tree whose tensors have every word of the query in name, dtype or shape ("q_proj bf16",
 * "576×576"); undefined where there is none. Totals are those of what is left.
 */
export function filtered(node: TreeNode, query: string): TreeNode | undefined {
  const words = query.toLowerCase().replaceAll('x', '×').split(/\s+/).filter(Boolean);
  return words.length === 0 ? node : matching(node, words);
}

function matching(node: TreeNode, words: readonly string[]): TreeNode | undefined {
  const { tensor } = node;
  if (tensor !== undefined) {
    const text = searchText(tensor);
    return words.every((word) => text.includes(word)) ? node : undefined;
  }
  const children = node.children.flatMap((child) => matching(child, words) ?? []);
  if (children.length === 0) return undefined;
  const totals = { tensors: 0, parameters: 0, bytes: 0 };
  for (const { totals: each } of children) {
    totals.tensors += each.tensors;
    totals.parameters += each.parameters;
    totals.bytes += each.bytes;
  }
  return { ...node, children, totals };
}

function searchText({ name, dtype, shape }: ListedTensor): string {
  // An x may be typed for the cross between sizes, so it is one in names too.
  return `${name} ${dtype} ${shape.join('×')}`.toLowerCase().replaceAll('x', '×');
}

/** The rows on screen: children of open groups, or of all while a search narrows the tree. */
export function visibleRows(root: TreeNode, open: ReadonlySet<string>, opensAll: boolean): Row[] {
  const rows: Row[] = [];
  const walk = (nodes: readonly TreeNode[], level: number): void => {
    const all = nodes.reduce((sum, { totals }) => sum + totals.bytes, 0);
    for (const [index, node] of nodes.entries()) {
      const isOpen = node.children.length > 0 && (opensAll || open.has(node.id));
      const share = all === 0 ? 0 : node.totals.bytes / all;
      rows.push({ node, level, position: index + 1, siblings: nodes.length, isOpen, share });
      if (isOpen) walk(node.children, level + 1);
    }
  };
  walk([root], 1);
  return rows;
}

/** Groups to open at first: level by level, as long as all rows fit on a screen. */
export function openedAtFirst(root: TreeNode, rows: number): string[] {
  const open: string[] = [];
  let count = 1;
  let level: readonly TreeNode[] = [root];
  while (level.length > 0) {
    const next = level.flatMap(({ children }) => children);
    // The root itself is always open, however many children it has.
    if (open.length > 0 && count + next.length > rows) break;
    count += next.length;
    open.push(...level.filter(({ children }) => children.length > 0).map(({ id }) => id));
    level = next.filter(({ children }) => children.length > 0);
  }
  return open;
}
