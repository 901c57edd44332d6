import { answerTasks } from '../threads/answerTasks';
import { quantiseTask } from './quantiseTask';

// The program of the threads that quantiser.ts starts.
answerTasks(quantiseTask, (answer) => {
  if ('tiles' in answer) {
    const { tiles, rows, rowScales, mean } = answer;
    const parts = tiles.flatMap(({ columns, columnScales }) => [columns.buffer, columnScales.buffer]);
    return [...parts, rows.buffer, rowScales.buffer, mean.buffer];
  }
  const { forward, forwardScales, backward, backwardScales } = answer.arrays;
  const memory = answer.memory === undefined ? [] : [answer.memory];
  return [forward.buffer, forwardScales.buffer, backward.buffer, backwardScales.buffer, ...memory];
});
