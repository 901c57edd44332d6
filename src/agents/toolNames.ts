/** What agents can do here. Apart from the tools themselves, so that the editor's activation loads no more than names. */
export const TOOL_NAMES = [
  'list_runs',
  'read_run_metrics',
  'describe_checkpoint',
  'plan_configuration',
  'start_run',
  'stop_run',
] as const;

export type ToolName = (typeof TOOL_NAMES)[number];
