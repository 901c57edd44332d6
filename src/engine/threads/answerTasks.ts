import { parentPort } from 'node:worker_threads';
import { UserError } from '../../config/userError';
import type { ThreadAnswer } from './threadPool';

/** Answers the tasks of a {@link ThreadPool}, in the program of its threads. `memory` names what may move with the answer. */
export function answerTasks<Task, Answer>(
  compute: (task: Task) => Answer | Promise<Answer>,
  memory: (answer: Answer) => readonly ArrayBuffer[] = () => [],
): void {
  const answer = async (task: Task): Promise<void> => {
    let said: ThreadAnswer<Answer>;
    try {
      said = { kind: 'done', answer: await compute(task) };
    } catch (error) {
      said = error instanceof UserError ? { kind: 'refused', message: error.message } : { kind: 'failed', error };
    }
    parentPort?.postMessage(said, said.kind === 'done' ? [...memory(said.answer)] : []);
  };
  parentPort?.on('message', (task: Task) => void answer(task));
}
