import { expect, it } from 'vitest';
import { rankCsv } from '../../../src/host/panels/rankCsv';
import { differenceKey, differenceName } from '../../../src/host/panels/rankKey';
import { rankLabels } from '../../../src/host/panels/rankLabels';
import { RankSource } from '../../../src/host/panels/rankSource';
import { formatTime } from '../../../src/language/language';

const EARLY = '2026-02-03T10:00:00.000Z';
const LATE = '2026-02-03T11:00:00.000Z';

function run(path: string, name: string, startedAt: string): RankSource {
  const source = new RankSource(path, 'run', name);
  source.startedAt = startedAt;
  return source;
}

const adapter = (path: string, name?: string): RankSource => new RankSource(path, 'adapter', name);

it('is its name as long as the other has another', () => {
  expect(rankLabels([adapter('/a/mora'), adapter('/a/lora')])).toEqual(['mora', 'lora']);
  expect(rankLabels([adapter('/a/mora')])).toEqual(['mora']);
});

it('says when each of two runs of one configuration began, and their ids where they began together', () => {
  const first = run('/runs/20260203-100000-mora', 'mora', EARLY);
  expect(rankLabels([first, run('/runs/20260203-110000-mora', 'mora', LATE)])).toEqual([
    `mora, ${formatTime(new Date(EARLY))}`,
    `mora, ${formatTime(new Date(LATE))}`,
  ]);
  expect(rankLabels([first, run('/runs/20260203-100000-mora-2', 'mora', EARLY)])).toEqual([
    'mora, 20260203-100000-mora',
    'mora, 20260203-100000-mora-2',
  ]);
});

it('says the nearest folder that only one of two adapters lies in', () => {
  expect(rankLabels([adapter('/a/math/out/adapter'), adapter('/a/code/out/adapter')])).toEqual([
    'adapter, math',
    'adapter, code',
  ]);
  expect(rankLabels([adapter('/a/adapter'), adapter('/a/old/adapter')])).toEqual(['adapter', 'adapter, old']);
  expect(rankLabels(['math', 'code'].map((folder) => adapter(`C:\\${folder}\\adapter`, 'adapter')))).toEqual([
    'adapter, math',
    'adapter, code',
  ]);
});

it('takes the file of an adapter for its folder', () => {
  const file = adapter('/a/math/adapter/adapter_model.safetensors', 'adapter');
  expect(rankLabels([file, adapter('/a/code/adapter')])).toEqual(['adapter, math', 'adapter, code']);
});

it('says which models two differences of one name are of', () => {
  const pairs = ['/m/one/base', '/m/two/base'].map((base) => ({ base, tuned: '/m/tuned' }));
  const sources = pairs.map((pair) => new RankSource(differenceKey(pair), 'difference', differenceName(pair)));
  expect(rankLabels(sources)).toEqual(['tuned − base, one', 'tuned − base, two']);
});

it('says the whole path where nothing shorter differs', () => {
  expect(rankLabels([adapter('/x/y/adapter'), adapter('/y/x/adapter')])).toEqual(['/x/y/adapter', '/y/x/adapter']);
});

it('is what the rows of a CSV begin with', () => {
  const sources = [adapter('/math/adapter'), adapter('/code/adapter')];
  for (const source of sources)
    source.add(0, {
      ...{ name: 'q_proj', layer: 0, module: 'q_proj', dIn: 4, dOut: 4, method: 'lora', rank: 1, parameters: 8 },
      ...{ rankBound: 1, effectiveRank: 1, stableRank: 1, countAbove: 1, energyRank: 1, frobenius: 2 },
      singularValues: [2],
    });
  const [, ...rows] = [...rankCsv(sources)];
  expect(rows.map((row) => row.split(',0,')[0])).toEqual(['"adapter, math"', '"adapter, code"']);
});
