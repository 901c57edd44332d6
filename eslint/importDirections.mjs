// The arrows of docs/ARCHITECTURE.md as an ESLint rule. It reads paths alone, so it needs no module resolution and
// works for files that do not exist.
import path from 'node:path';

/**
 * One row a part of the tree; the first row whose `part` holds a file is that file's. Paths are relative to the
 * repository; a path stands for the folder or module of that name, with a star for every name that starts so.
 * A file may import its own part, what `may` lists, and as types only what `mayAsTypes` lists; `never` takes away.
 * @type {ReadonlyArray<{ part: string, may: string[], mayAsTypes?: string[], never?: string[] }>}
 */
const ARROWS = [
  { part: 'src/config', may: [] },
  { part: 'src/run', may: ['src/config'] },
  { part: 'src/analysis', may: [] },
  // How figures and times are written, for whoever shows them: both ends of a panel.
  { part: 'src/language', may: [] },
  // The editor and the command line bundle this file: it must not pull the engine in.
  { part: 'src/engine/rpc*', may: ['src/run', 'src/config'], mayAsTypes: ['src/analysis'] },
  // Downloads and finds files; of what is in them it knows no more than which belong to a model.
  {
    part: 'src/engine/hub',
    may: ['src/engine/weights', 'src/run', 'src/config', 'src/language'],
    mayAsTypes: ['src/engine/rpc*'],
  },
  {
    part: 'src/engine/graph',
    may: ['src/engine', 'src/analysis', 'src/run', 'src/config'],
    never: ['models', 'adapters', 'training', 'inference', 'data', 'export'].map((name) => `src/engine/${name}`),
  },
  {
    part: 'src/engine/adapters',
    may: ['src/engine', 'src/analysis', 'src/run', 'src/config'],
    never: ['models', 'training', 'inference', 'data', 'export'].map((name) => `src/engine/${name}`),
  },
  {
    part: 'src/engine/models',
    may: ['src/engine', 'src/analysis', 'src/run', 'src/config'],
    never: ['training', 'inference', 'export'].map((name) => `src/engine/${name}`),
  },
  {
    part: 'src/engine/inference',
    may: ['src/engine', 'src/analysis', 'src/run', 'src/config'],
    never: ['src/engine/training', 'src/engine/export'],
  },
  {
    part: 'src/engine/export',
    may: ['src/engine', 'src/analysis', 'src/run', 'src/config', 'src/language'],
    never: ['training', 'inference'].map((name) => `src/engine/${name}`),
  },
  // Answers requests, and so is the only one that starts an export: nothing else in the engine builds on one.
  { part: 'src/engine/service', may: ['src/engine', 'src/analysis', 'src/run', 'src/config'] },
  { part: 'src/engine', may: ['src/analysis', 'src/run', 'src/config'], never: ['src/engine/export'] },
  // What agents can do, for whoever offers it to them: the editor and `mora mcp`.
  { part: 'src/agents', may: ['src/engine/rpc*', 'src/run', 'src/config', 'src/language'] },
  // What a bug report says of an installation, for the editor and `mora doctor`.
  { part: 'src/doctor', may: ['src/engine/rpc*', 'src/run', 'src/config', 'src/language'] },
  // What both ends of a panel share: the webview bundles it, so it knows neither the editor nor Node.
  { part: 'src/host/protocol', may: ['src/config'], mayAsTypes: ['src/run', 'src/engine/rpc*'] },
  // Rank measures of stored spectra: small pure functions, which need no engine.
  {
    part: 'src/host',
    may: ['src/agents', 'src/doctor', 'src/engine/rpc*', 'src/analysis', 'src/run', 'src/config', 'src/language'],
  },
  {
    part: 'src/cli',
    may: ['src/agents', 'src/doctor', 'src/engine/rpc*', 'src/analysis', 'src/run', 'src/config', 'src/language'],
  },
  // tsconfig.webview.json has no Node types, so only those files of src/config that a browser can run pass.
  {
    part: 'webview',
    may: ['src/config', 'src/language', 'src/host/protocol/channel', 'src/host/protocol/liveAxis'],
    mayAsTypes: ['src/run', 'src/engine/rpc*', 'src/host/protocol*'],
  },
];

/** Who may import the editor's API. Editor tests run inside the editor. */
const USES_VSCODE = ['src/host', 'test/editor'];
/** Within those, what a webview bundles too. */
const WITHOUT_VSCODE = ['src/host/protocol'];

/** @param {string} file @param {string} part */
function holds(part, file) {
  if (part.endsWith('*')) return file.startsWith(part.slice(0, -1));
  return file === part || file.startsWith(`${part}/`) || file.startsWith(`${part}.`);
}

/**
 * @returns why `file` may not import `specifier`, or undefined when it may
 * @param {string} file relative to the repository, with forward slashes
 * @param {string} specifier
 * @param {boolean} typesOnly
 */
function objection(file, specifier, typesOnly) {
  const arrow = ARROWS.find(({ part }) => holds(part, file));
  if (specifier === 'vscode') {
    const within = (/** @type {string[]} */ parts) => parts.some((part) => holds(part, file));
    if (within(USES_VSCODE) && !within(WITHOUT_VSCODE)) return undefined;
    return `only src/host imports vscode, and of it not src/host/protocol`;
  }
  if (!arrow || !specifier.startsWith('.')) return undefined;
  const target = path.posix.join(path.posix.dirname(file), specifier);
  /** @param {string[] | undefined} parts */
  const listed = (parts) => parts?.some((part) => holds(part, target)) ?? false;
  const part = arrow.part.replace('*', '');
  if (listed(arrow.never)) return `${part} must not know ${target}`;
  if (holds(arrow.part, target) || listed(arrow.may)) return undefined;
  if (listed(arrow.mayAsTypes)) return typesOnly ? undefined : `${part} may import ${target} with \`import type\` only`;
  // Outside the table: package.json, media and the like.
  if (!target.startsWith('src/') && !target.startsWith('webview/')) return undefined;
  const may = [...arrow.may, ...(arrow.mayAsTypes ?? []).map((name) => `${name} (types)`)];
  return `${part} imports ${may.length > 0 ? `${may.join(', ')} only` : 'no other part'}, not ${target}`;
}

/** @type {import('eslint').Rule.RuleModule} */
export const importDirections = {
  meta: {
    type: 'problem',
    docs: { description: 'imports follow the arrows of docs/ARCHITECTURE.md' },
    messages: { direction: '{{why}} (see the table in eslint/importDirections.mjs)' },
    schema: [],
  },
  create(context) {
    const file = path.relative(context.cwd, context.filename).split(path.sep).join('/');
    /** @param {any} source @param {boolean} typesOnly */
    const check = (source, typesOnly) => {
      const value = source?.type === 'TSLiteralType' ? source.literal.value : source?.value;
      if (typeof value !== 'string') return;
      const why = objection(file, value, typesOnly);
      if (why !== undefined) context.report({ node: source, messageId: 'direction', data: { why } });
    };
    /** @param {any} node */
    const importOrExport = (node) => check(node.source, node.importKind === 'type' || node.exportKind === 'type');
    return {
      ImportDeclaration: importOrExport,
      ExportNamedDeclaration: importOrExport,
      ExportAllDeclaration: importOrExport,
      ImportExpression: importOrExport,
      /** @param {any} node */
      TSImportType: (node) => check(node.source ?? node.argument, true),
      /** @param {any} node */
      TSExternalModuleReference: (node) => check(node.expression, false),
      /** @param {any} node */
      CallExpression: (node) => {
        if (node.callee.type === 'Identifier' && node.callee.name === 'require') check(node.arguments[0], false);
      },
    };
  },
};
