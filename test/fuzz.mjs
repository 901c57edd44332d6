import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';

/** npm run fuzz -- [--cases 20000] [--seed 2]: the reader fuzz test of the suite with more cases for each reader. */
const { values } = parseArgs({
  options: { cases: { type: 'string', default: '20000' }, seed: { type: 'string', default: '2' } },
});
const { status } = spawnSync('npx', ['vitest', 'run', '--project', 'unit', 'test/unit/fuzz'], {
  stdio: 'inherit',
  shell: process.platform === 'win32',
  env: { ...process.env, FUZZ_CASES: values.cases, FUZZ_SEED: values.seed },
});
process.exitCode = status ?? 1;
