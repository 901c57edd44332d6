import { answerTasks } from '../threads/answerTasks';
import { quantise } from './quantise';
import type { QuantisedWeight, WeightToQuantise } from './quantiser';

// The program of the threads that quantiser.ts starts.
answerTasks(
  ({ weight, dOut, dIn }: WeightToQuantise): QuantisedWeight => ({
    arrays: quantise(weight, dOut, dIn),
    memory: weight.buffer,
  }),
  ({ arrays: { forward, forwardScales, backward, backwardScales }, memory }) => [
    forward.buffer,
    forwardScales.buffer,
    backward.buffer,
    backwardScales.buffer,
    memory,
  ],
);
