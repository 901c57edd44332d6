import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { englishBundle } from '../../localisation/bundle';

const root = path.resolve(import.meta.dirname, '../..');

type Texts = Readonly<Record<string, string>>;

function read(file: string): Texts {
  return JSON.parse(readFileSync(path.join(root, file), 'utf8')) as Texts;
}

/** Of the files "bundle.l10n.de.json" and "package.nls.de.json". */
function languagesIn(folder: string, base: string): string[] {
  const names = readdirSync(path.join(root, folder));
  return names.flatMap((name) => new RegExp(`^${base}\\.([a-z-]+)\\.json$`).exec(name)?.[1] ?? []);
}

/** What is put into a text, and what a link or a name of a command in it must stay: in the order of the alphabet. */
function fixedParts(text: string): string[] {
  return (text.match(/\{\d+\}|\(command:[\w.]+\)|\$\([\w~-]+\)/g) ?? []).sort();
}

describe('l10n/bundle.l10n.json', () => {
  it('holds every text of the code; npm run l10n writes it anew', async () => {
    expect(read('l10n/bundle.l10n.json')).toEqual(await englishBundle(root));
  }, 300_000);
});

describe.each([
  { folder: 'l10n', base: 'bundle.l10n' },
  { folder: '.', base: 'package.nls' },
])('the translations of $base.json', ({ folder, base }) => {
  const english = read(`${folder}/${base}.json`);
  const languages = languagesIn(folder, base);

  it('are there', () => expect(languages).toContain('de'));

  it.each(languages)('%s has every text and no other', (language) => {
    const translated = read(`${folder}/${base}.${language}.json`);
    expect(Object.keys(english).filter((key) => (translated[key] ?? '').trim() === '')).toEqual([]);
    expect(Object.keys(translated).filter((key) => !(key in english))).toEqual([]);
  });

  it.each(languages)('%s puts in what the English text puts in, and links where it links', (language) => {
    const translated = read(`${folder}/${base}.${language}.json`);
    const differing = Object.entries(english).filter(
      ([key, text]) => fixedParts(translated[key] ?? '').join() !== fixedParts(text).join(),
    );
    expect(differing).toEqual([]);
  });
});

describe('package.nls.json', () => {
  it('is what package.json refers to', () => {
    const manifest = readFileSync(path.join(root, 'package.json'), 'utf8');
    const used = [...manifest.matchAll(/"%([^%"]+)%"/g)].map((match) => match[1]!);
    expect(new Set(used)).toEqual(new Set(Object.keys(read('package.nls.json'))));
  });

  it('has every text of the manifest that a person sees', () => {
    const { contributes } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as {
      contributes: Record<string, unknown>;
    };
    const shown = textsIn(contributes, [
      ...['title', 'displayName', 'userDescription', 'markdownDescription', 'contents', 'name', 'altText'],
    ]);
    // Names of ours, and of tools: the same in every language.
    const names = ['MoRA', 'MoRA Studio'];
    const plain = shown.filter((text) => !/^%.+%$/.test(text) && !names.includes(text) && !/^mora_\w+$/.test(text));
    expect(plain).toEqual([]);
  });
});

/** The texts under any of `keys` below `value`. */
function textsIn(value: unknown, keys: readonly string[]): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, child]: [string, unknown]) =>
    keys.includes(key) && typeof child === 'string' ? [child] : textsIn(child, keys),
  );
}
