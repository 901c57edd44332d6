import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { suggestionText } from '../../../src/cli/suggestionText';
import { writeChanges } from '../../../src/cli/writeChanges';
import { changesFor } from '../../../src/config/targetChanges';
import type { ScoredModule, Suggestion } from '../../../src/engine/rpc/suggestion';

const plain = { live: false, colour: false, columns: 100 };

function scored(layer: number, module: string, score: number, place: number, suggested: boolean): ScoredModule {
  return {
    ...{ layer, module, name: `layers.${layer}.${module}`, dIn: 192, dOut: 64, weightNorm: 2 },
    ...{ gradientNorm: 2 * score, score, place, parameters: 2000, scorePerParameter: score ** 2 / 2000 },
    ...{ selected: true, suggested },
  };
}

const chosen = changesFor(new Set(['0/q_proj', '1/q_proj']), { layers: 2, modules: ['q_proj', 'v_proj'] });
const suggestion: Suggestion = {
  modules: [
    { ...scored(0, 'q_proj', 10, 1, true), warning: 'a remark' },
    scored(0, 'v_proj', 0.1, 4, false),
    { ...scored(1, 'q_proj', 1, 2, true), warning: 'a remark' },
    scored(1, 'v_proj', 0.9, 3, false),
  ],
  measured: { batches: 4, examples: 680, tokens: 14_686, supervisedTokens: 8293, loss: 9.51 },
  now: { modules: 4, parameters: 8000 },
  proposal: {
    ...{ modules: 2, parameters: 7920, budget: 8000, rank: 16 },
    changes: [{ field: 'adapter.rank', value: 16 }, ...chosen],
  },
};

describe('the page of a suggestion', () => {
  it('shows the scores by layer, the ranking, and what to paste', () => {
    expect(suggestionText(suggestion, plain).split('\n')).toEqual([
      'Measured  680 examples in 4 batches, 14,686 tokens, 8,293 supervised; loss 9.5100',
      '',
      'Score ‖∂L/∂W‖ / ‖W‖ by layer, from ▁ 0.100 to █ 10.0, logarithmic',
      'module  score  chosen',
      '        0      0',
      'q_proj  █▅     ●●',
      'v_proj  ▁▄     ··',
      '',
      '   layer  module  out × in  ‖∂L/∂W‖   ‖W‖  score  parameters  score² / parameter  chosen',
      '1      0  q_proj  64 × 192     20.0  2.00   10.0       2,000              0.0500  ●',
      '2      1  q_proj  64 × 192     2.00  2.00   1.00       2,000             5.00e-4  ●',
      '3      1  v_proj  64 × 192     1.80  2.00  0.900       2,000             4.05e-4',
      '4      0  v_proj  64 × 192    0.200  2.00  0.100       2,000             5.00e-6',
      '',
      'Proposal  2 of 4 modules at rank 16: 7,920 trainable parameters (budget 8,000, -1.0 %)',
      '          now 4 modules with 8,000',
      '',
      'These matter more than the others. But where all modules were trained with as many parameters at a lower rank, the',
      'embedded model learned more still (docs/results/suggest.md): compare the two before a long run.',
      '',
      '{',
      '  "adapter": {',
      '    "rank": 16,',
      '    "layers": "all",',
      '    "modules": ["q_proj"]',
      '  }',
      '}',
      '',
      'warning: layers 0-1, q_proj: a remark',
    ]);
  });

  it('warns of training less only where it is less', () => {
    const as = suggestionText({ ...suggestion, now: { modules: 2, parameters: 8000 } }, plain);
    expect(as).toContain('at rank 16');
    expect(as).not.toContain('learned more still');
  });
});

describe('writing a suggestion into a document', () => {
  let folder: string;
  let file: string;
  const text = `{
  // mine
  "model": "m",
  "data": { "train": "t" },
  "adapter": { "rank": 8, "targets": { "0": ["v_proj"] } }
}
`;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mora-write-'));
    file = join(folder, 'a.mora.json');
    await writeFile(file, text);
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('changes the fields and nothing else, and takes away the choice that would stand over it', async () => {
    await writeChanges(file, text, suggestion.proposal.changes);
    const written = await readFile(file, 'utf8');
    expect(written).toContain('  // mine\n  "model": "m",\n  "data": { "train": "t" },\n');
    expect(JSON.parse(written.replace('// mine', ''))).toMatchObject({
      adapter: { rank: 16, layers: 'all', modules: ['q_proj'] },
    });
    expect(written).not.toContain('targets');
  });

  it('goes through a link to the file behind it', async () => {
    const link = join(folder, 'link.mora.json');
    await symlink(file, link);
    await writeChanges(link, text, [{ field: 'adapter.rank', value: 3 }]);
    expect(await readFile(file, 'utf8')).toBe(text.replace('"rank": 8', '"rank": 3'));
  });

  it('leaves a document alone that was changed meanwhile', async () => {
    const changed = text.replace('mine', 'theirs');
    await writeFile(file, changed);
    await expect(writeChanges(file, text, suggestion.proposal.changes)).rejects.toThrow(/changed meanwhile/);
    expect(await readFile(file, 'utf8')).toBe(changed);
  });

  it('writes nothing that is no configuration', async () => {
    await expect(writeChanges(file, text, [{ field: 'adapter.rank', value: -1 }])).rejects.toThrow(/adapter\.rank/);
    expect(await readFile(file, 'utf8')).toBe(text);
  });
});
