import { basename } from 'node:path';
import type { Run } from '../run/run';
import { significant } from './significant';
import type { ToolResult } from './tool';

/** What a run is doing, for an agent. */
export function runFigures({ root, name, status, state, checkpoints, configuration }: Run): ToolResult {
  const { error, activity, step, totalSteps, loss, validationLoss, bestStep, bestLoss, stoppedEarly } = status;
  return {
    id: basename(root),
    name,
    directory: root,
    state,
    ...(error !== null && { error }),
    ...(activity !== null && { activity }),
    startedAt: status.startedAt,
    updatedAt: status.updatedAt,
    configuration: status.configurationFile,
    ...(configuration !== undefined && {
      method: configuration.adapter.method,
      ...(configuration.adapter.method === 'mora' && { mode: configuration.adapter.mode }),
      rank: configuration.adapter.rank,
    }),
    step,
    totalSteps,
    loss: significant(loss),
    validationLoss: significant(validationLoss),
    ...(bestStep !== null && { best: { step: bestStep, validationLoss: significant(bestLoss) } }),
    ...(stoppedEarly && { stoppedEarly }),
    secondsLeft: status.secondsLeft === null ? null : Math.round(status.secondsLeft),
    checkpoints: checkpoints.map((checkpoint) => checkpoint.step).reverse(),
  };
}
