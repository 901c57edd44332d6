import { describe, expect, it } from 'vitest';
import type { Plan, PlannedModule } from '../../../src/engine/rpc/plan';
import { cellFigure, cellSize, describeCell, shadeOf, totalsOf } from '../../../webview/form/targetFigures';
import { groupedWarnings } from '../../../webview/form/warnings';

function module(layer: number, name: string, more: Partial<PlannedModule> = {}): PlannedModule {
  return {
    layer,
    module: name,
    name: `model.layers.${layer}.${name}`,
    dIn: 192,
    dOut: 192,
    selected: true,
    rHat: 55,
    parameters: 3025,
    rankBound: 192,
    lora: { parameters: 3072, rankBound: 8 },
    ...more,
  };
}

function plan(modules: readonly PlannedModule[], warnings: readonly string[] = []): Plan {
  return {
    model: {
      folder: '/m',
      family: 'llama',
      layers: 2,
      hiddenSize: 192,
      vocabularySize: 10,
      parameters: 1e6,
      modules: ['q_proj', 'k_proj'],
    },
    modules,
    trainableParameters: 0,
    learningRate: { rate: 3e-4 },
    memory: {
      weights: 0,
      adapter: 0,
      optimizer: 0,
      activations: 0,
      total: 0,
      available: 1,
      machine: 64e9,
      working: 0,
      blocks: 'memory',
      rows: 4,
    },
    warnings,
  };
}

describe('the figures of the grid', () => {
  it('writes into a cell what it is shaded by, and the size of the matrix', () => {
    expect(cellFigure(module(3, 'q_proj'), 'rankBound')).toBe('192');
    expect(cellFigure(module(3, 'q_proj'), 'parameters')).toBe('3,025');
    expect(cellSize(module(3, 'q_proj'))).toBe('r̂ 55');
    const { rHat: _, ...lora } = module(3, 'q_proj', { rank: 8 });
    expect(cellSize(lora)).toBe('r 8');
    expect(cellFigure(module(3, 'q_proj', { error: 'r̂ is larger than the layer' }), 'rankBound')).toBe('!');
  });

  it('describes a cell in one sentence', () => {
    expect(describeCell(module(3, 'q_proj'), true)).toBe(
      'layer 3 q_proj (192 → 192): r̂ 55, 3,025 parameters, rank up to 192 (LoRA 8)',
    );
    expect(describeCell(module(3, 'q_proj', { error: 'r̂ is larger than the layer' }), false)).toBe(
      'layer 3 q_proj (192 → 192), not adapted: r̂ is larger than the layer',
    );
  });

  it('adds up what is chosen, and not what cannot be adapted', () => {
    const modules = [
      module(0, 'q_proj'),
      module(0, 'k_proj', { parameters: 10, rankBound: 64 }),
      module(1, 'q_proj', { error: 'no' }),
      module(1, 'k_proj'),
    ];
    const totals = totalsOf(plan(modules), new Set(['0/q_proj', '0/k_proj', '1/q_proj']));
    expect(totals).toMatchObject({
      modules: 2,
      parameters: 3035,
      rankBound: [64, 192],
      loraRankBound: [8, 8],
      rHat: [55, 55],
    });
  });

  it('shades LoRA so that it is still seen beside MoRA', () => {
    expect(shadeOf(module(0, 'q_proj', { rankBound: 8 }), 'rankBound', 192)).toBe(2);
    expect(shadeOf(module(0, 'q_proj'), 'rankBound', 192)).toBe(5);
  });

  it('says a warning that modules share once', () => {
    const warning = 'Rotation ignores half of the inputs.';
    const modules = ['q_proj', 'k_proj'].flatMap((name) => [
      module(0, name, { warning }),
      module(1, name, { warning }),
    ]);
    const warnings = ['The batch is large.', `model.layers.0.q_proj: ${warning}`];
    expect(groupedWarnings(plan(modules, warnings))).toEqual([
      { where: '', text: 'The batch is large.' },
      { where: 'q_proj, k_proj in layers 0-1', text: warning },
    ]);
  });
});
