import { STATUS_VERSION, type RunStatus } from '../../src/run/status';

/** The status of a run that has just begun, with `change` made in it. */
export function runStatus(change: Partial<RunStatus> = {}): RunStatus {
  return {
    version: STATUS_VERSION,
    state: 'running',
    error: null,
    activity: null,
    pid: 1,
    host: 'here',
    socket: null,
    configurationFile: null,
    startedAt: '2026-01-31T14:25:01Z',
    updatedAt: '2026-01-31T14:25:01Z',
    step: 0,
    totalSteps: 0,
    epoch: 0,
    loss: null,
    validationLoss: null,
    tokensPerSecond: null,
    secondsLeft: null,
    trainableParameters: 0,
    device: null,
    checkpointStep: null,
    bestStep: null,
    bestLoss: null,
    stoppedEarly: false,
    ...change,
  };
}
