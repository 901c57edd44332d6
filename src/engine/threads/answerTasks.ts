import { parentPort } from 'node:worker_threads';
import type { ThreadAnswer } from './threadPool';

/** Answers the tasks of a {@link ThreadPool}, in the program of its threads. `memory` names what may move with the answer. */
export function answerTasks<Task, Answer>(
  compute: (task: Task) => Answer,
  memory: (answer: Answer) => readonly ArrayBuffer[] = () => [],
): void {
  parentPort?.on('message', (task: Task) => {
    let said: ThreadAnswer<Answer>;
    try {
      said = { kind: 'done', answer: compute(task) };
    } catch (error) {
      said = { kind: 'failed', error };
    }
    parentPort?.postMessage(said, said.kind === 'done' ? [...memory(said.answer)] : []);
  });
}
