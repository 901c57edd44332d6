import { shortened } from '../config/shortened';
import { UserError } from '../config/userError';
import { describeCheckpoint } from './describeCheckpoint';
import { listRuns } from './listRuns';
import { planConfiguration } from './planConfiguration';
import { readRunMetrics } from './readRunMetrics';
import { startRun } from './startRun';
import { stopRun } from './stopRun';
import type { AgentTool } from './tool';
import type { ToolName } from './toolNames';

/** Every tool, for the editor's language models and for `mora mcp` alike. */
export const TOOLS: Readonly<Record<ToolName, AgentTool>> = {
  list_runs: listRuns,
  read_run_metrics: readRunMetrics,
  describe_checkpoint: describeCheckpoint,
  plan_configuration: planConfiguration,
  start_run: startRun,
  stop_run: stopRun,
};

/** Throws a UserError when there is none of this name. */
export function toolNamed(name: string): AgentTool {
  const tool = Object.values(TOOLS).find((candidate) => candidate.name === name);
  if (tool === undefined) {
    throw new UserError(`There is no tool "${shortened(name)}"; there are ${Object.keys(TOOLS).join(', ')}.`);
  }
  return tool;
}
