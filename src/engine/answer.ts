import type { CancellationToken } from 'vscode-jsonrpc';
import { cancelledResponse, toResponseError } from './rpc/errors';

/** Does what a request asks for, and gives up when it is cancelled. Rejects with what the protocol carries. */
export async function answer<T>(token: CancellationToken, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const subscription = token.onCancellationRequested(() => controller.abort());
  try {
    return await work(controller.signal);
  } catch (error) {
    throw controller.signal.aborted ? cancelledResponse() : toResponseError(error);
  } finally {
    subscription.dispose();
  }
}
