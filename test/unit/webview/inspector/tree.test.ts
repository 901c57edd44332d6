import { describe, expect, it } from 'vitest';
import type { AdaptedModule, Contents, ListedTensor } from '../../../../src/engine/rpc/contents';
import { filtered, openedAtFirst, sorted, visibleRows } from '../../../../webview/inspector/rows';
import { tensorTree, typesIn, type TreeNode } from '../../../../webview/inspector/tree';
import { treeMove, TypeAhead } from '../../../../webview/inspector/treeKeys';

function tensor(name: string, shape: readonly number[], dtype = 'BF16'): ListedTensor {
  const parameters = shape.reduce((product, size) => product * size, 1);
  return { name, dtype, shape, parameters, bytes: 2 * parameters, file: 0 };
}

function listing(tensors: readonly ListedTensor[], modules: readonly AdaptedModule[] = []): Contents {
  const parameters = tensors.reduce((sum, each) => sum + each.parameters, 0);
  return {
    path: '/m.safetensors',
    kind: 'file',
    files: [],
    tensors,
    unlisted: 0,
    totals: { tensors: tensors.length, parameters, bytes: 2 * parameters },
    metadata: {},
    modules,
    warnings: [],
    seconds: 0,
  };
}

const MODEL = [
  tensor('model.embed_tokens.weight', [100, 8]),
  ...[0, 2, 10].flatMap((layer) => [
    tensor(`model.layers.${layer}.mlp.up_proj.weight`, [16, 8]),
    tensor(`model.layers.${layer}.mlp.down_proj.weight`, [8, 16]),
  ]),
  tensor('lm_head.weight', [100, 8], 'F32'),
];
const tree = tensorTree(listing(MODEL), 'm.safetensors');
const labels = (nodes: readonly TreeNode[]): string[] => nodes.map(({ label }) => label);
const ALL = new Set<string>();

describe('the tree of tensors', () => {
  it('follows the dots, and draws a group with one child as one row', () => {
    expect(labels(tree.children)).toEqual(['model', 'lm_head.weight']);
    const model = tree.children[0];
    expect(labels(model?.children ?? [])).toEqual(['embed_tokens.weight', 'layers']);
    const layer = model?.children[1]?.children[0];
    expect(layer?.label).toBe('0.mlp');
    expect(labels(layer?.children ?? [])).toEqual(['up_proj.weight', 'down_proj.weight']);
  });

  it('sums tensors, parameters and bytes in every group', () => {
    const layers = tree.children[0]?.children[1];
    expect(layers?.totals).toEqual({ tensors: 6, parameters: 6 * 128, bytes: 6 * 256 });
    expect(tree.totals).toEqual({ tensors: 8, parameters: 6 * 128 + 1600, bytes: 2 * (6 * 128 + 1600) });
  });

  it('keeps a module with an adapter as a row of its own', () => {
    const group = 'base_model.model.model.layers.0.self_attn.q_proj';
    const modules = [{ group, method: 'mora' as const, rHat: 4 }];
    const adapter = tensorTree(listing([tensor(`${group}.lora_B.weight`, [4, 4])], modules), 'a');
    const [around] = adapter.children;
    expect(around?.label).toBe('base_model.model.model.layers.0.self_attn');
    expect(labels(around?.children ?? [])).toEqual(['q_proj']);
    expect(around?.children[0]?.module).toEqual(modules[0]);
    expect(labels(around?.children[0]?.children ?? [])).toEqual(['lora_B.weight']);
  });

  it('bears names with empty parts, the same name as a group, and more dots than anybody writes', () => {
    const odd = [tensor('a', [1]), tensor('a.b', [1]), tensor('a..c', [1]), tensor('.'.repeat(100_000), [1])];
    const found = tensorTree(listing(odd), 'odd');
    expect(found.totals.tensors).toBe(4);
    const leaves = visibleRows(found, ALL, true).flatMap(({ node }) => node.tensor?.name ?? []);
    expect(new Set(leaves)).toEqual(new Set(odd.map(({ name }) => name)));
  });

  it('counts types by their bytes', () => {
    expect(typesIn(MODEL).map(({ dtype, tensors }) => [dtype, tensors])).toEqual([
      ['BF16', 7],
      ['F32', 1],
    ]);
  });
});

describe('the rows of the tree', () => {
  it('are in natural order of names, in order of size, or in that of the file', () => {
    const small = tensorTree(listing([tensor('b', [9]), tensor('c', [1]), tensor('a', [5])]), 'small');
    const by = (sort: 'name' | 'bytes' | 'file'): string[] => labels(sorted(small, sort).children);
    expect(by('name')).toEqual(['a', 'b', 'c']);
    expect(by('bytes')).toEqual(['b', 'a', 'c']);
    expect(by('file')).toEqual(['b', 'c', 'a']);
    const layers = sorted(tree, 'name').children[1]?.children[1];
    expect(labels(layers?.children ?? [])).toEqual(['0.mlp', '2.mlp', '10.mlp']);
  });

  it('are those whose tensors have every word in name, type or shape', () => {
    const names = (query: string): string[] => {
      const found = filtered(tree, query);
      return found === undefined ? [] : visibleRows(found, ALL, true).flatMap(({ node }) => node.tensor?.name ?? []);
    };
    expect(names('UP_PROJ layers.10')).toEqual(['model.layers.10.mlp.up_proj.weight']);
    expect(names('f32')).toEqual(['lm_head.weight']);
    expect(names('8x16')).toHaveLength(3);
    expect(names('nowhere')).toEqual([]);
    expect(filtered(tree, '  ')).toBe(tree);
    expect(filtered(tree, 'down_proj')?.totals.tensors).toBe(3);
  });

  it('say level, place among siblings and share of the parent', () => {
    const rows = visibleRows(sorted(tree, 'name'), new Set(['root', 'g:model']), false);
    expect(rows.map(({ node, level, position, siblings }) => [node.label, level, position, siblings])).toEqual([
      ['m.safetensors', 1, 1, 1],
      ['lm_head.weight', 2, 1, 2],
      ['model', 2, 2, 2],
      ['embed_tokens.weight', 3, 1, 2],
      ['layers', 3, 2, 2],
    ]);
    const shares = rows.filter(({ level }) => level === 3).map(({ share }) => share);
    expect(shares[0]).toBeCloseTo(800 / (800 + 768), 12);
    expect((shares[0] ?? 0) + (shares[1] ?? 0)).toBeCloseTo(1, 12);
  });

  it('open at first as far as they fit', () => {
    expect(openedAtFirst(tree, 1)).toEqual(['root']);
    expect(visibleRows(tree, new Set(openedAtFirst(tree, 8)), false)).toHaveLength(8);
    expect(visibleRows(tree, new Set(openedAtFirst(tree, 100)), false)).toHaveLength(14);
  });
});

describe('the keys of the tree', () => {
  const rows = visibleRows(sorted(tree, 'name'), new Set(['root', 'g:model']), false);
  const move = (key: string, index: number) => treeMove(key, rows, index, 3);

  it('go to the next and previous row, to the ends and by pages, and stay inside', () => {
    expect(move('ArrowDown', 1)).toEqual({ kind: 'select', index: 2 });
    expect(move('ArrowUp', 0)).toEqual({ kind: 'select', index: 0 });
    expect(move('PageDown', 3)).toEqual({ kind: 'select', index: 4 });
    expect(move('Home', 3)).toEqual({ kind: 'select', index: 0 });
    expect(move('End', 0)).toEqual({ kind: 'select', index: 4 });
  });

  it('open, enter, close and leave groups', () => {
    expect(move('ArrowRight', 4)).toEqual({ kind: 'open', ids: ['g:model.layers'] });
    expect(move('ArrowRight', 2)).toEqual({ kind: 'select', index: 3 });
    expect(move('ArrowRight', 1)).toBeUndefined();
    expect(move('ArrowLeft', 2)).toEqual({ kind: 'close', ids: ['g:model'] });
    expect(move('ArrowLeft', 3)).toEqual({ kind: 'select', index: 2 });
    expect(move('*', 3)).toEqual({ kind: 'open', ids: ['g:model.layers'] });
  });

  it('find rows by the letters typed one after another', () => {
    const typed = new TypeAhead();
    expect(typed.find('l', rows, 0, 0)).toBe(1);
    expect(typed.find('a', rows, 1, 100)).toBe(4);
    expect(typed.find('e', rows, 4, 2000)).toBe(3);
    expect(typed.find('F5', rows, 0, 9000)).toBeUndefined();
  });
});
