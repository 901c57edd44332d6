import process from 'node:process';
import { createMessageConnection, IPCMessageReader, IPCMessageWriter } from 'vscode-jsonrpc/node';
import { answer } from './answer';
import type { EngineProgram } from './rpc/engineProgram';
import { PlanRequest, QuitNotification, StopNotification, TrainNotification } from './rpc/protocol';
import { RunControl } from './runControl';
import { SIGNAL_CODES, trainInProcess } from './trainProcess';

/**
 * Plans for the command line that attached this process to itself, then trains in the run directory that it names. Returns
 * the exit code of {@link trainInProcess}; ends at once when the command line does. `program` is this one.
 */
export async function trainForParent(program: EngineProgram): Promise<number> {
  const control = new RunControl();
  process.on('disconnect', () => process.exit(1));
  const rpc = createMessageConnection(new IPCMessageReader(process), new IPCMessageWriter(process));
  rpc.onRequest(PlanRequest, (params, token) =>
    answer(token, async (signal) => {
      const planned = await (await import('./plan')).plan(params, signal);
      // After the answer is on its way: what training needs loads while the command line prepares the run.
      setImmediate(() => void import('./training/trainRun'));
      return planned;
    }),
  );
  rpc.onNotification(StopNotification, () => control.stop());
  rpc.onNotification(QuitNotification, () => process.exit(SIGNAL_CODES.SIGINT));
  const root = new Promise<string>((resolve) => {
    rpc.onNotification(TrainNotification, resolve);
  });
  rpc.listen();
  return trainInProcess(await root, program, control);
}
