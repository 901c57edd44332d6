import { createConnection, type Socket } from 'node:net';
import { hostname } from 'node:os';
import { createMessageConnection, SocketMessageReader, SocketMessageWriter } from 'vscode-jsonrpc/node';
import { UserError } from '../../config/userError';
import { isActive, observedState, type RunStatus } from '../../run/status';
import { fromResponseError } from './errors';
import { PauseRequest, ResumeRequest, SampleRequest, SaveRequest, StopRequest } from './protocol';

/** How long a run may take to accept a connection: its event loop may be busy tokenising. */
const CONNECT_MS = 5000;

/** Control of a run, whoever started it. */
export interface RunConnection {
  pause(): Promise<void>;
  resume(): Promise<void>;
  /** Saves a checkpoint and ends the run. Resolves once accepted; status.json says when it is done. */
  stop(): Promise<void>;
  /** Saves a checkpoint after the current step. Resolves once accepted. */
  save(): Promise<void>;
  /** Makes samples after the current step. Resolves once accepted. */
  sample(): Promise<void>;
  dispose(): void;
}

/** Connects to the control socket of an active run. Throws UserError when there is no one to talk to. */
export async function connectRun(status: RunStatus): Promise<RunConnection> {
  if (!isActive(status.state)) throw new UserError(`The run has ended (${status.state}), so it takes no orders.`);
  if (status.host !== hostname()) {
    throw new UserError(`The run is on ${status.host}; pause and stop it from there.`);
  }
  if (observedState(status, hostname()) === 'interrupted') {
    throw new UserError('The process of the run is gone; resume the run from its last checkpoint.');
  }
  if (status.socket === null) throw new UserError('The run takes no orders yet; try again when it has started.');
  const socket = await connectSocket(status.socket);
  const rpc = createMessageConnection(new SocketMessageReader(socket), new SocketMessageWriter(socket));
  socket.on('error', () => undefined); // open requests reject through the connection's close
  rpc.onClose(() => rpc.dispose());
  rpc.listen();
  const ask = async (type: typeof PauseRequest): Promise<void> => {
    try {
      await rpc.sendRequest(type);
    } catch (error) {
      throw fromResponseError(error);
    }
  };
  return {
    pause: () => ask(PauseRequest),
    resume: () => ask(ResumeRequest),
    stop: () => ask(StopRequest),
    save: () => ask(SaveRequest),
    sample: () => ask(SampleRequest),
    dispose: () => {
      rpc.dispose();
      socket.destroy();
    },
  };
}

/** Whether someone listens at a control address; a killed engine leaves its socket file behind. */
export async function answers(address: string): Promise<boolean> {
  try {
    (await connectSocket(address)).destroy();
    return true;
  } catch {
    return false;
  }
}

function connectSocket(address: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = createConnection(address);
    const fail = (why: string): void => {
      socket.destroy();
      reject(new UserError(`The run does not answer at ${address} (${why}); look into its log.txt.`));
    };
    socket.setTimeout(CONNECT_MS, () => fail('no answer in time'));
    socket.once('error', (error) => fail(error.message));
    socket.once('connect', () => {
      socket.setTimeout(0);
      socket.removeAllListeners('error');
      resolve(socket);
    });
  });
}
