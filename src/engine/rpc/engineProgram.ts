/** Which program is the engine, and with what it is run. */
export interface EngineProgram {
  /** Node executable, or the editor's own, which runs as Node. */
  readonly node: string;
  /** Absolute path of the engine's bundle, dist/engine.js. */
  readonly engine: string;
  /** Environment; by default that of this process. */
  readonly env?: NodeJS.ProcessEnv;
}

/** Variables by which an editor or a debugger reaches into every Node process below it. */
const NOT_FOR_THE_ENGINE = ['NODE_OPTIONS', 'VSCODE_INSPECTOR_OPTIONS', 'NODE_CHANNEL_FD'];

/** The environment of an engine process. */
export function engineEnvironment(env: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  const kept = Object.entries(env).filter(([name]) => !NOT_FOR_THE_ENGINE.includes(name));
  // Inside the editor process.execPath is Electron, which is Node only on request.
  const electron = process.versions.electron === undefined ? {} : { ELECTRON_RUN_AS_NODE: '1' };
  // Downloads go through the proxy of HTTPS_PROXY and its like, where Node can do that (24, and 22 from 22.21 on).
  return { NODE_USE_ENV_PROXY: '1', ...Object.fromEntries(kept), ...electron };
}
