// An engine for tests of its clients: it keeps the protocol and does as the parameters say.
import process from 'node:process';
import {
  createMessageConnection,
  IPCMessageReader,
  IPCMessageWriter,
  ResponseError,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-jsonrpc/node';

const [command, root] = process.argv.slice(2);
if (root !== undefined) train(root);

/** A process that ends before it could write a word. */
function train(root) {
  console.log(`training in ${root}`);
  process.exit(3);
}

const rpc =
  command === 'train'
    ? createMessageConnection(new IPCMessageReader(process), new IPCMessageWriter(process))
    : createMessageConnection(new StreamMessageReader(process.stdin), new StreamMessageWriter(process.stdout));

rpc.onNotification('train', train);

rpc.onRequest('plan', ({ file }) => {
  if (file === 'crash') {
    console.error('about to crash');
    process.exit(7);
  }
  if (file === 'print') console.error('planning');
  if (file === 'user') throw new ResponseError(1, 'mend the file', { kind: 'user' });
  if (file === 'bug')
    throw new ResponseError(-32603, 'a bug', { kind: 'internal', stack: 'Error: a bug\n    at here' });
  return { pid: process.pid, env: process.env };
});

rpc.onRequest('generate', async ({ stream, prompt, maxTokens }, token) => {
  for (let index = 0; index < maxTokens; index++) {
    await new Promise((resolve) => setTimeout(resolve, 10));
    if (token.isCancellationRequested) throw new ResponseError(-32800, 'cancelled', { kind: 'user' });
    void rpc.sendNotification('generated', { stream, text: `${prompt}${index} ` });
  }
  return { text: prompt, tokens: maxTokens, reason: 'length' };
});

(command === 'train' ? process : process.stdin).on(command === 'train' ? 'disconnect' : 'end', () => process.exit(0));
rpc.listen();
