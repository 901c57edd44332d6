import { z } from 'zod';
import { isActive } from '../run/status';
import { runFigures } from './runFigures';
import { defineTool } from './tool';

/** A page of runs; whoever needs more than the newest hundred looks for something else. */
const USUAL = 20;
const MOST = 100;

export const listRuns = defineTool({
  name: 'list_runs',
  title: 'List training runs',
  description:
    'Lists fine-tuning runs in the workspace, newest first: state, step, losses, best checkpoint, checkpoints, time left. Use it first to find a run, or to see how runs compare.',
  effect: 'none',
  input: z.strictObject({
    state: z
      .enum(['all', 'active', 'ended'])
      .default('all')
      .meta({ description: 'active: starting, running, paused or stopping.' }),
    limit: z.int().min(1).max(MOST).default(USUAL).meta({ description: 'At most so many.' }),
  }),
  call: async ({ state, limit }, host, signal) => {
    const runs = await host.runs(signal);
    const fitting = runs.filter((run) => state === 'all' || isActive(run.state) === (state === 'active'));
    return { total: fitting.length, runs: fitting.slice(0, limit).map(runFigures) };
  },
});
