import { describe, expect, it } from 'vitest';
import { selectTargets, type LinearLayer } from '../../../src/config/targets';
import { configurationSchema } from '../../../src/config/schema';
import type { JsonObject } from '../../../src/host/protocol/form';
import {
  cellKey,
  changesFor,
  layersOfPattern,
  ranges,
  selectionOf,
  type Selection,
} from '../../../webview/form/selection';
import { withChanges } from '../../../webview/form/values';

const MODULES = ['q_proj', 'k_proj', 'v_proj'];
const SHAPE = { layers: 6, modules: MODULES };
const LINEARS: LinearLayer[] = Array.from({ length: 6 }, (_, layer) =>
  MODULES.map((module) => ({ layer, module, name: `model.layers.${layer}.${module}`, dIn: 8, dOut: 8 })),
).flat();
const DEFAULTS: JsonObject = { adapter: { layers: 'all', modules: 'all', targets: null } };

function cells(layers: readonly number[], modules: readonly string[]): Selection {
  return new Set(layers.flatMap((layer) => modules.map((module) => cellKey(layer, module))));
}

describe('the grid and the document say the same', () => {
  it.each<[string, JsonObject]>([
    ['everything', {}],
    ['ranges', { layers: '0-2,5' }],
    ['spaces in ranges', { layers: ' 0 - 2 , 5 ' }],
    ['a list', { layers: [1, 4] }],
    ['some modules', { layers: '3', modules: ['v_proj', 'q_proj'] }],
    [
      'targets over layers and modules',
      { layers: '0', modules: ['q_proj'], targets: { '1': ['k_proj'], '4': ['q_proj', 'v_proj'] } },
    ],
  ])('the selection of %s is that of the engine', (_name, adapter) => {
    const configuration = configurationSchema.parse({ model: 'm', data: { train: 'd' }, adapter });
    const engine = selectTargets(configuration.adapter, LINEARS).map(({ layer, module }) => cellKey(layer, module));
    const form = selectionOf(
      withChanges(
        DEFAULTS,
        Object.entries(adapter).map(([key, value]) => ({ field: `adapter.${key}`, value })),
        DEFAULTS,
      ),
      SHAPE,
    );
    expect([...form].sort()).toEqual(engine.sort());
  });

  it.each<[string, Selection]>([
    ['all', cells([0, 1, 2, 3, 4, 5], MODULES)],
    ['a product', cells([0, 1, 4], ['q_proj', 'v_proj'])],
    ['no product', new Set([...cells([0, 1], ['q_proj']), ...cells([3], MODULES)])],
    ['one cell', cells([5], ['k_proj'])],
    ['nothing', new Set()],
  ])('%s is the same after it was written and read', (_name, selection) => {
    const written = withChanges(DEFAULTS, changesFor(selection, SHAPE), DEFAULTS);
    expect([...selectionOf(written, SHAPE)].sort()).toEqual([...selection].sort());
  });

  it('passes over names and layers that the model lacks', () => {
    const values: JsonObject = { adapter: { layers: '4-99', modules: ['q_proj', 'w_proj'], targets: null } };
    expect([...selectionOf(values, SHAPE)]).toEqual(['4/q_proj', '5/q_proj']);
  });
});

describe('a selection is written as shortly as it can be', () => {
  it('as layers and modules when it is a product', () => {
    expect(changesFor(cells([0, 1, 2, 5], ['q_proj', 'v_proj']), SHAPE)).toEqual([
      { field: 'adapter.targets', remove: true },
      { field: 'adapter.layers', value: '0-2,5' },
      { field: 'adapter.modules', value: ['q_proj', 'v_proj'] },
    ]);
  });

  it('as "all" when it is everything', () => {
    expect(changesFor(cells([0, 1, 2, 3, 4, 5], MODULES), SHAPE)).toContainEqual({
      field: 'adapter.layers',
      value: 'all',
    });
  });

  it('as targets otherwise, and drops the keys that say something else', () => {
    const selection = new Set([cellKey(0, 'q_proj'), cellKey(3, 'q_proj'), cellKey(3, 'k_proj')]);
    expect(changesFor(selection, SHAPE)).toEqual([
      { field: 'adapter.layers', remove: true },
      { field: 'adapter.modules', remove: true },
      { field: 'adapter.targets', value: { '0': ['q_proj'], '3': ['q_proj', 'k_proj'] } },
    ]);
  });

  it('joins neighbours into ranges', () => {
    expect(ranges([0, 1, 2, 4, 6, 7])).toBe('0-2,4,6-7');
  });
});

describe('patterns of layers', () => {
  it.each([
    ['0-2, 5', [0, 1, 2, 5]],
    ['even', [0, 2, 4]],
    ['odd', [1, 3, 5]],
    ['first 2', [0, 1]],
    ['last 2', [4, 5]],
    ['all', [0, 1, 2, 3, 4, 5]],
    ['2-99', [2, 3, 4, 5]],
  ])('%s', (pattern, layers) => {
    expect(layersOfPattern(pattern, 6)).toEqual(layers);
  });

  it.each(['', 'every', '9', '1-', '3-1', 'last'])('%j is none', (pattern) => {
    expect(layersOfPattern(pattern, 6)).toBeUndefined();
  });
});
