import type { Contents } from '../../src/engine/rpc/contents';
import { fileName } from '../shared/fileName';
import { filtered, openedAtFirst, sorted, visibleRows, type Row, type Sort } from './rows';
import { tensorTree, type TreeNode } from './tree';
import type { ViewState } from './viewState';

/** Rows that fit on a screen of modest height. */
const FIRST_ROWS = 28;

export interface ListedRows {
  readonly rows: readonly Row[];
  /** How many tensors a search has left; undefined while there is none. */
  readonly found: number | undefined;
}

/** The tensors of one checkpoint as a tree, and the rows that a view shows of it. */
export class Listing {
  private readonly tree: TreeNode;
  private readonly nodes = new Map<string, TreeNode>();
  private readonly parents = new Map<string, string>();
  private inOrder: { readonly sort: Sort; readonly tree: TreeNode } | undefined;

  constructor(contents: Contents) {
    this.tree = tensorTree(contents, fileName(contents.path));
    this.index(this.tree);
  }

  node(id: string): TreeNode | undefined {
    return this.nodes.get(id);
  }

  rows({ query, sort, open }: Pick<ViewState, 'query' | 'sort' | 'open'>): ListedRows {
    const found = filtered(this.tree, query);
    const isFiltered = found !== this.tree;
    if (found === undefined) return { rows: [], found: 0 };
    const tree = isFiltered ? sorted(found, sort) : this.ordered(sort);
    return {
      rows: visibleRows(tree, new Set(open), isFiltered),
      found: isFiltered ? found.totals.tensors : undefined,
    };
  }

  /** Groups to open before the user has opened any. */
  openedAtFirst(sort: Sort): string[] {
    return openedAtFirst(this.ordered(sort), FIRST_ROWS);
  }

  /** The open groups, and those around a node. */
  openedTo(id: string, opened: ViewState['open']): string[] {
    const open = new Set(opened);
    for (let at = this.parents.get(id); at !== undefined; at = this.parents.get(at)) open.add(at);
    return [...open];
  }

  groups(): string[] {
    return [...this.nodes.values()].filter(({ children }) => children.length > 0).map(({ id }) => id);
  }

  private index(node: TreeNode): void {
    this.nodes.set(node.id, node);
    for (const child of node.children) {
      this.parents.set(child.id, node.id);
      this.index(child);
    }
  }

  /** The whole tree is put in order once, not at every group that is opened. */
  private ordered(sort: Sort): TreeNode {
    if (this.inOrder?.sort !== sort) this.inOrder = { sort, tree: sorted(this.tree, sort) };
    return this.inOrder.tree;
  }
}
