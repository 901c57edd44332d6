import { Channel, type End, type Handlers } from '../../src/host/protocol/channel';

interface VsCodeApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}

declare function acquireVsCodeApi(): VsCodeApi;

// VS Code gives it once for each load of the page.
const api = acquireVsCodeApi();

/** The channel from this panel to the extension. It lives as long as the page. */
export function openChannel<Ours extends End, Theirs extends End>(handlers: Handlers<Ours>): Channel<Ours, Theirs> {
  const channel = new Channel<Ours, Theirs>(
    (message) => api.postMessage(message),
    handlers,
    // The one place to see a bug of a panel is the webview's developer tools.
    (error) => reportError(error),
  );
  window.addEventListener('message', (event: MessageEvent<unknown>) => channel.receive(event.data));
  return channel;
}

/** What the panel was showing when it was last hidden or reloaded: where one is and how it looks, never data. */
export function savedState(): unknown {
  return api.getState();
}

export function saveState(state: object): void {
  api.setState(state);
}
