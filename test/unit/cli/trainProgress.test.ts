import { describe, expect, it } from 'vitest';
import { errorLine } from '../../../src/cli/errorLine';
import { liveBlock, plainLine, type TrainProgress } from '../../../src/cli/trainProgress';
import { UserError } from '../../../src/config/userError';
import { runStatus } from '../../support/runStatus';

const status = runStatus({
  step: 50,
  totalSteps: 200,
  epoch: 0.2,
  loss: 2.5,
  validationLoss: 2.75,
  tokensPerSecond: 12345.6,
  secondsLeft: 75,
});

const progress: TrainProgress = {
  title: 'pronounce',
  status,
  step: {
    kind: 'step',
    step: 50,
    epoch: 0.2,
    tokens: 900,
    supervisedTokens: 400,
    loss: 2.5,
    learningRate: 0.01,
    gradNorm: 1,
    tokensPerSecond: 12345.6,
    residentBytes: 1,
    seconds: 9,
  },
  evaluation: { kind: 'evaluation', step: 50, loss: 2.75, accuracy: 0.5 },
  losses: [4, 3],
};

const terminal = { live: true, colour: false, columns: 70 };

describe('progress of a run', () => {
  it('is one line in a log', () => {
    expect(plainLine(progress)).toBe(
      'step 50/200  loss 2.5000  validation 2.7500  learning rate 1.00e-2  12,346 tokens/s  1 min 15 s left',
    );
  });

  it('is a block on a terminal', () => {
    expect(liveBlock(progress, terminal).split('\n')).toEqual([
      'pronounce  running',
      '█████░░░░░░░░░░░░░░░  25 %  step 50/200  1 min 15 s left',
      'loss 2.5000  validation 2.7500  learning rate 1.00e-2  12,346 tokens/s',
      '█▁',
    ]);
  });

  it('says what a run is busy with before its first step', () => {
    const starting = { ...status, activity: 'loading the model', step: 0, totalSteps: 0, secondsLeft: null };
    expect(plainLine({ title: 'a', status: starting, losses: [] })).toBe('loading the model');
    expect(liveBlock({ title: 'a', status: starting, losses: [] }, terminal).split('\n')).toEqual([
      'a  loading the model',
      '░░░░░░░░░░░░░░░░░░░░  0 %  step 0/?',
    ]);
  });

  it('has styles only where there is colour', () => {
    expect(liveBlock(progress, terminal)).not.toContain('\u001b');
    expect(liveBlock(progress, { ...terminal, colour: true })).toContain('\u001b[1mpronounce\u001b[22m');
  });
});

describe('an error', () => {
  it('is one line, whatever its message', () => {
    expect(errorLine(new UserError('a.json: no.\n  Mend it.'), false)).toBe('mora: a.json: no. Mend it.');
    expect(errorLine(new Error('odd\nthing'), false)).toBe('mora: unexpected error: odd thing (--debug shows where)');
  });

  it('has its stack with --debug', () => {
    expect(errorLine(new UserError('no'), true)).toMatch(/^mora: UserError: no\n\s+at /);
  });
});
