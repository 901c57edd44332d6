import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { chmod, mkdtemp } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createMessageConnection, SocketMessageReader, SocketMessageWriter } from 'vscode-jsonrpc/node';
import { toResponseError } from './rpc/errors';
import { PauseRequest, ResumeRequest, SampleRequest, SaveRequest, StopRequest } from './rpc/protocol';
import type { RunControl } from './runControl';

/** The kernel's sockaddr_un holds 104 bytes on macOS, 108 on Linux; longer paths are cut or refused. */
const MAX_SOCKET_PATH = 100;

export interface ControlSocket {
  /** What status.json names: the path of a unix socket, or the name of a Windows pipe. */
  readonly address: string;
  close(): void;
}

/**
 * Listens for the orders of protocol.ts, from any number of clients at once, and passes them to `control`.
 * Keeps the process alive until closed: a paused run waits for nothing else.
 */
export async function openControlSocket(control: RunControl): Promise<ControlSocket> {
  const clients = new Set<Socket>();
  const server = createServer((socket) => {
    clients.add(socket);
    socket.on('close', () => clients.delete(socket));
    socket.on('error', () => socket.destroy());
    serve(socket, control);
  });
  const address = await newAddress();
  await listen(server, address);
  // The folder keeps others out already; the mode says so for the socket itself.
  if (process.platform !== 'win32') await chmod(address, 0o600);
  const removeFolder = (): void => {
    if (process.platform !== 'win32') rmSync(dirname(address), { recursive: true, force: true });
  };
  // Also when the process is told to end at once.
  process.once('exit', removeFolder);
  return {
    address,
    close: () => {
      server.close();
      for (const socket of clients) socket.destroy();
      process.off('exit', removeFolder);
      removeFolder();
    },
  };
}

function serve(socket: Socket, control: RunControl): void {
  const rpc = createMessageConnection(new SocketMessageReader(socket), new SocketMessageWriter(socket));
  rpc.onRequest(PauseRequest, () => control.pause());
  rpc.onRequest(ResumeRequest, () => control.resume());
  rpc.onRequest(StopRequest, () => control.stop());
  rpc.onRequest(SaveRequest, () => control.save());
  rpc.onRequest(SampleRequest, () => {
    try {
      control.sample();
    } catch (error) {
      throw toResponseError(error);
    }
  });
  rpc.onError(() => socket.destroy());
  rpc.onClose(() => rpc.dispose());
  rpc.listen();
}

/** A new name that nobody else can know or take: in a folder of mode 0700, or random on Windows. */
async function newAddress(): Promise<string> {
  if (process.platform === 'win32') return `\\\\.\\pipe\\mora-${randomBytes(16).toString('hex')}`;
  // mkdtemp adds six characters.
  const fits = Buffer.byteLength(join(tmpdir(), 'mora-XXXXXX', 's')) <= MAX_SOCKET_PATH;
  return join(await mkdtemp(join(fits ? tmpdir() : '/tmp', 'mora-')), 's');
}

function listen(server: Server, address: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(address, () => {
      server.off('error', reject);
      resolve();
    });
  });
}
