// @ts-check
/**
 * The environment to install and start code-server in: this process's, less what would lead it astray.
 *
 * @returns {NodeJS.ProcessEnv}
 */
export function editorEnvironment() {
  const environment = { ...process.env };
  for (const name of Object.keys(environment)) {
    // In a terminal of VS Code these make code-server talk to that window instead of starting.
    if (name.startsWith('VSCODE_')) delete environment[name];
    // In an npm script these configure every npm below it, and so does NODE, which names the Node to use.
    if (name.startsWith('npm_')) delete environment[name];
  }
  delete environment.NODE;
  delete environment.PORT; // goes before --bind-addr
  delete environment.NODE_OPTIONS; // meant for the Node that runs the tests
  return environment;
}
