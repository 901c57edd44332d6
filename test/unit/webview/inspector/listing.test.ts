import { describe, expect, it } from 'vitest';
import type { Contents, ListedTensor } from '../../../../src/engine/rpc/contents';
import { Listing } from '../../../../webview/inspector/listing';

const NAMES = [
  'model.embed_tokens.weight',
  ...[0, 1].flatMap((layer) => [`model.layers.${layer}.mlp.up_proj.weight`, `model.layers.${layer}.norm.weight`]),
];

const tensors = NAMES.map((name): ListedTensor => ({
  name,
  dtype: 'F32',
  shape: [4, 4],
  parameters: 16,
  bytes: 64,
  file: 0,
}));
const contents: Contents = {
  ...{ path: 'C:\\models\\small.safetensors', kind: 'file', files: [], tensors, unlisted: 0 },
  ...{ totals: { tensors: 5, parameters: 80, bytes: 320 }, metadata: {}, modules: [], warnings: [], seconds: 0 },
};

describe('a listing', () => {
  const listing = new Listing(contents);
  const rows = (query: string, open: readonly string[] | null) => listing.rows({ query, sort: 'name', open });

  it('is named for its file, and shows the groups that are open', () => {
    const { rows: closed, found } = rows('', []);
    expect(closed.map(({ node }) => node.label)).toEqual(['small.safetensors']);
    expect(found).toBeUndefined();
    expect(rows('', listing.groups()).rows).toHaveLength(1 + 1 + 1 + 1 + 2 * 3);
  });

  it('opens every group while a search narrows it, and counts what the search has left', () => {
    const { rows: left, found } = rows('up_proj', []);
    expect(found).toBe(2);
    expect(left.flatMap(({ node }) => node.tensor?.name ?? [])).toEqual([NAMES[1], NAMES[3]]);
    expect(rows('nowhere', [])).toEqual({ rows: [], found: 0 });
  });

  it('opens the groups around a node, so that a row found by a search stays when the search ends', () => {
    const found = `t:${NAMES[3]!}`;
    const open = listing.openedTo(found, []);
    expect(rows('', []).rows.map(({ node }) => node.id)).not.toContain(found);
    expect(rows('', open).rows.map(({ node }) => node.id)).toContain(found);
    expect(rows('', open).rows.map(({ node }) => node.id)).not.toContain(`t:${NAMES[1]!}`);
  });
});
