import { answerTasks } from '../threads/answerTasks';
import { quantise, type QuantisedArrays } from './quantise';
import type { WeightToQuantise } from './quantiser';

// The program of the threads that quantiser.ts starts.
answerTasks(({ weight, dOut, dIn }: WeightToQuantise) => quantise(weight, dOut, dIn), memoryOf);

function memoryOf({ forward, forwardScales, backward, backwardScales }: QuantisedArrays): ArrayBuffer[] {
  return [forward.buffer, forwardScales.buffer, backward.buffer, backwardScales.buffer];
}
