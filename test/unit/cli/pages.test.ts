import { describe, expect, it } from 'vitest';
import { inspectionText } from '../../../src/cli/inspectionText';
import { exampleText, planText } from '../../../src/cli/planText';
import { standardTerminal } from '../../../src/cli/terminal';
import { requireConfiguration } from '../../../src/config/parse';
import type { Inspection } from '../../../src/engine/rpc/inspection';
import type { Plan, PlannedModule } from '../../../src/engine/rpc/plan';

const plain = { live: false, colour: false, columns: 100 };
const GIB = 1024 ** 3;

function planned(layer: number, module: string, change: Partial<PlannedModule> = {}): PlannedModule {
  return {
    ...{ layer, module, name: `layers.${layer}.${module}`, dIn: 192, dOut: 64, selected: true },
    ...{ rHat: 45, parameters: 2025, rankBound: 64, lora: { parameters: 2048, rankBound: 8 } },
    ...change,
  };
}

const plan: Plan = {
  model: {
    ...{ folder: 'model', family: 'llama', layers: 3, hiddenSize: 192, vocabularySize: 4096 },
    ...{ parameters: 1_000_000, modules: ['k_proj', 'v_proj'] },
  },
  modules: [
    planned(0, 'k_proj'),
    planned(0, 'v_proj', { selected: false }),
    planned(1, 'k_proj', { warning: 'a remark' }),
    planned(2, 'k_proj', { warning: 'a remark' }),
    planned(2, 'v_proj'),
  ],
  trainableParameters: 8100,
  learningRate: { rate: 3e-4, reason: 'it bears that' },
  memory: {
    weights: GIB,
    adapter: 1024,
    optimizer: 2048,
    activations: GIB / 2,
    total: 1.5 * GIB,
    available: 16 * GIB,
    machine: 64e9,
    working: 0,
    blocks: 'memory',
    rows: 4,
  },
  data: {
    ...{ trainExamples: 8000, validationExamples: 800, tokens: 90000, supervisedTokens: 40000, longest: 31 },
    ...{ truncatedExamples: 2, totalSteps: 250 },
    report: {
      files: 2,
      records: 8803,
      train: { examples: 8000, tokens: 90000, supervisedTokens: 40000 },
      validation: { examples: 800, tokens: 9000, supervisedTokens: 4000 },
      longest: 31,
      fewestSupervised: 3,
      cut: { count: 2, first: 'train.jsonl:7' },
      windowed: 1,
      windows: 4,
      conversations: 400,
      conversationTexts: 500,
      startTokens: { none: 0, one: 8799, several: 1 },
      complete: 8700,
      ended: 8700,
      dropped: [{ count: 3, first: 'train.jsonl:9', why: 'with nothing to learn' }],
      packing: { rowLength: 32, efficiency: 0.874 },
      problems: [],
      warnings: [],
    },
    files: ['/data/train.jsonl'],
    examples: [
      {
        line: 1,
        place: 'train.jsonl:1',
        tokens: [
          { id: 5, text: 'Say: hi\n', supervised: false },
          { id: 6, text: 'HH', supervised: true },
          { id: 7, text: ' AY1', supervised: true },
        ],
        ...{ length: 3, supervised: 2, truncated: false, part: null, remarks: [] },
      },
    ],
  },
  warnings: ['two examples were cut'],
};

const configuration = requireConfiguration('{"model": "m", "data": {"train": "t"}}', 'a.mora.json');

describe('the page of a plan', () => {
  it('says what is trained, in what memory, on what', () => {
    expect(planText(plan, configuration, plain).split('\n')).toEqual([
      'Model    model',
      '         llama, 3 layers, 192 wide, 4,096 tokens known, 1,000,000 parameters',
      'Adapter  mora, rotation, rank 8: 8,100 trainable parameters (0.81 %)',
      '',
      'module  layers  out × in   r̂  parameters  rank bound  LoRA parameters  LoRA rank bound',
      'k_proj  0-2     64 × 192  45       2,025          64            2,048                8',
      'v_proj  2       64 × 192  45       2,025          64            2,048                8',
      '',
      'Rate     3.00e-4 (auto: it bears that)',
      'Memory   1.50 GiB of 16.0 GiB: weights 1.00 GiB, adapter 1.00 KiB, optimizer 2.00 KiB, activations 512 MiB, working 0 B',
      'Data     8,000 examples to train, 800 to validate, from 8,803 records in 2 files',
      '         90,000 tokens, 40,000 supervised: 3 at least and 5.0 on average in an example; longest 31',
      '         400 conversations became 500 texts: the template writes earlier turns otherwise once more follows',
      '         1 text longer than "data.maxLength" became 4 windows',
      '         2 examples lost the end (first at train.jsonl:7)',
      '         left out: 3 examples with nothing to learn (first at train.jsonl:9)',
      '         end token learned in 8,700 of 8,700 complete examples; one start token in 8,799 of 8,800; rows of 32 tokens 87 % full',
      '         250 steps',
      '',
      'First examples (supervised tokens in brackets)',
      'train.jsonl:1: Say: hi⏎[HH][ AY1]',
      '',
      'warning: two examples were cut',
      'warning: layers 1-2, k_proj: a remark',
    ]);
  });

  it('tells the time of a step and of the run where they were measured', () => {
    const times = { seconds: 1.2345, fastest: 1.2, slowest: 2.5, steps: 5, firstSeconds: 4, tokens: 5000 };
    const page = planText(plan, configuration, plain, {
      ...{ ...times, totalSteps: 250, device: 'cpu' },
      peakBytes: 2 * GIB,
    });
    const lines = page.split('\n');
    const at = lines.findIndex((line) => line.startsWith('Time'));
    expect(lines.slice(at, at + 3)).toEqual([
      'Time     1.23 s a step on cpu (median of 5 steps, 1.2 s to 2.5 s), 4,050 tokens a second',
      '         5 min 09 s for 250 steps, evaluations and checkpoints not counted',
      '         2.00 GiB of memory at the highest',
    ]);
  });

  it('underlines supervised tokens where there is colour', () => {
    const tokens = plan.data!.examples[0]!.tokens.slice(1, 2);
    expect(exampleText(tokens, { ...plain, colour: true })).toBe('\u001b[4m\u001b[32mHH\u001b[39m\u001b[24m');
  });
});

describe('the page of an inspection', () => {
  const inspection: Inspection = {
    ...{ path: 'adapter', kind: 'adapter', tensors: [], metadata: { format: 'pt' } },
    warnings: ['odd\u001b'],
    adapter: { method: 'mora', moraType: 6, mode: 'rotation', rank: 8, baseModel: null },
    modules: [
      {
        ...{ name: 'layers.0.q_proj', layer: 0, module: 'q_proj', dIn: 4, dOut: 4, method: 'mora', rHat: 2 },
        ...{ parameters: 4, rankBound: 4, effectiveRank: 1.9, stableRank: 1.25, countAbove: 2, energyRank: 2 },
        ...{ frobenius: 0.5, singularValues: [0.5, 0.25, 0, 0] },
      },
    ],
  };

  it('shows the measures and the spectrum of each module', () => {
    const lines = inspectionText(inspection, plain).split('\n');
    expect(lines.slice(0, 5)).toEqual([
      'adapter  adapter',
      'mora type 6 (rotation), rank 8',
      '',
      'layer  module  r̂ or r  parameters  bound  effective  stable  >0.1  energy   ‖ΔW‖  spectrum',
      '    0  q_proj       2           4      4        1.9     1.3     2       2  0.500  █▅··',
    ]);
    expect(lines.slice(-3)).toEqual(['format: pt', '', 'warning: odd␛']);
  });

  it('lists the tensors of a file that is no adapter', () => {
    const tensors = [{ name: 'w', dtype: 'F32', shape: [2, 3], bytes: 24 }];
    const lines = inspectionText(
      { path: 'f', kind: 'tensors', modules: [], tensors, metadata: {}, warnings: [] },
      plain,
    ).split('\n');
    expect(lines).toEqual([
      'tensors  f',
      '',
      'tensor  type  shape  size',
      'w       F32   2 × 3  24 B',
      '1 tensors, 24 B',
    ]);
  });
});

describe('the terminal', () => {
  const tty = { isTTY: true, columns: 80 };

  it('has colour unless NO_COLOR says no', () => {
    expect(standardTerminal(tty, {})).toEqual({ live: true, colour: true, columns: 80 });
    expect(standardTerminal(tty, { NO_COLOR: '1' })).toMatchObject({ live: true, colour: false });
    expect(standardTerminal(tty, { NO_COLOR: '' }).colour).toBe(true);
  });

  it('is plain where output is redirected or the terminal is dumb', () => {
    expect(standardTerminal({}, {})).toMatchObject({ live: false, colour: false });
    expect(standardTerminal(tty, { TERM: 'dumb' })).toMatchObject({ live: false, colour: false });
  });
});
