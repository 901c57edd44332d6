import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { TOOLS } from '../../../src/agents/tools';

const root = path.resolve(import.meta.dirname, '../../..');

interface Manifest {
  readonly activationEvents: readonly string[];
  readonly contributes: {
    readonly commands: ReadonlyArray<{ readonly command: string; readonly category: string; readonly icon?: string }>;
    readonly menus: Readonly<Record<string, ReadonlyArray<{ readonly command: string }>>>;
    readonly viewsWelcome: ReadonlyArray<{ readonly contents: string }>;
    readonly walkthroughs: ReadonlyArray<{
      readonly id: string;
      readonly steps: ReadonlyArray<{
        readonly description: string;
        readonly media: { readonly markdown?: string; readonly svg?: string };
      }>;
    }>;
    readonly languageModelTools: ReadonlyArray<Readonly<Record<string, unknown>> & { readonly name: string }>;
    readonly mcpServerDefinitionProviders: ReadonlyArray<{ readonly id: string }>;
    readonly configuration: { readonly properties: Readonly<Record<string, unknown>> };
  };
}

const nls = JSON.parse(readFileSync(path.join(root, 'package.nls.json'), 'utf8')) as Readonly<Record<string, string>>;

/** As an English editor reads it. */
const manifest = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'), (_, value: unknown) => {
  const key = typeof value === 'string' ? /^%(.+)%$/.exec(value)?.[1] : undefined;
  return key === undefined ? value : nls[key];
}) as Manifest;
const { contributes } = manifest;
const commands = contributes.commands.map(({ command }) => command);

function source(...files: readonly string[]): string {
  return files.map((file) => readFileSync(path.join(root, 'src/host', file), 'utf8')).join('\n');
}

describe('the manifest and the code', () => {
  it.each(commands)('%s has a handler', (command) => {
    expect(source('extension.ts', 'studio.ts', 'runs/runCommands.ts')).toContain(`'${command}'`);
  });

  it('every shell of activation stands for a declared command', () => {
    const shells = source('extension.ts').match(/'mora\.[A-Za-z]+'/g) ?? [];
    const names = shells
      .map((name) => name.slice(1, -1))
      .filter((name) => !['mora.form', 'mora.runs', 'mora.inspector'].includes(name));
    expect(names.filter((name) => !commands.includes(name))).toEqual([]);
  });

  it('menus, welcome views and walkthroughs name declared commands only', () => {
    const linked = [
      ...contributes.viewsWelcome.map(({ contents }) => contents),
      ...contributes.walkthroughs.flatMap(({ steps }) => steps.map(({ description }) => description)),
    ];
    const named = [
      ...Object.values(contributes.menus).flatMap((items) => items.map(({ command }) => command)),
      ...linked.flatMap((text) => [...text.matchAll(/command:(mora\.\w+)/g)].map((match) => match[1]!)),
    ];
    expect(named.filter((command) => !commands.includes(command))).toEqual([]);
  });

  it('every setting is read', () => {
    const files = ['engine/engineHost.ts', 'configuration/configurationLens.ts', 'training/launch.ts'];
    const code = source(...files, 'agents/agentOffers.ts');
    for (const name of Object.keys(contributes.configuration.properties))
      expect(code).toContain(`'${name.replace('mora.', '')}'`);
  });

  it('models are told of each tool what it tells them over MCP, and those that act are not there without trust', () => {
    const declared = contributes.languageModelTools.map(
      ({ name, displayName, modelDescription, inputSchema, when }) => {
        return { name, title: displayName, description: modelDescription, inputSchema, when };
      },
    );
    const defined = Object.values(TOOLS).map(({ name, title, description, inputSchema, effect }) => {
      const when = effect === 'none' ? undefined : 'isWorkspaceTrusted';
      return { name: `mora_${name}`, title, description, inputSchema, when };
    });
    expect(declared).toEqual(defined);
  });

  it('the MCP server is declared under the name that is registered', () => {
    for (const { id } of contributes.mcpServerDefinitionProviders)
      expect(source('agents/agentShells.ts')).toContain(`'${id}'`);
  });

  it('every picture of the walkthrough is there', () => {
    for (const { media } of contributes.walkthroughs.flatMap(({ steps }) => steps)) {
      const file = media.svg ?? media.markdown;
      expect(file).toBeDefined();
      expect(() => readFileSync(path.join(root, file!))).not.toThrow();
    }
  });
});
