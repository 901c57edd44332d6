import { answerTasks } from '../threads/answerTasks';
import { quantiseTask } from './quantiseTask';

// The program of the threads that quantiser.ts starts.
answerTasks(quantiseTask, (answer) => {
  if ('tiles' in answer) {
    const { tiles, rows, rowScales, mean } = answer;
    const parts = tiles.flatMap(({ columns, columnScales }) => [...movable(columns), columnScales.buffer]);
    return [...parts, ...movable(rows), rowScales.buffer, mean.buffer];
  }
  const { forward, forwardScales, backward, backwardScales } = answer.arrays;
  const memory = answer.memory === undefined ? [] : [answer.memory];
  return [...movable(forward), forwardScales.buffer, ...movable(backward), backwardScales.buffer, ...memory];
});

/** Shared memory need not move. */
function movable({ buffer }: Int8Array): ArrayBuffer[] {
  return buffer instanceof ArrayBuffer ? [buffer] : [];
}
