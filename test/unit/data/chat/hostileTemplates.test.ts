import { describe, expect, onTestFinished, test } from 'vitest';
import { TemplateRenderer } from '../../../../src/engine/data/chat/templateRenderer';
import type { Conversation } from '../../../../src/engine/data/chat/conversation';

const conversation: Conversation = {
  messages: [
    { role: 'user', content: 'Hello' },
    { role: 'assistant', content: 'Hi' },
  ],
  tools: null,
  learned: [1],
};

/** Long enough for a slow machine to start, short enough for a test. */
const LIMIT_MS = 1500;

function rendererOf(source: string): TemplateRenderer {
  const renderer = new TemplateRenderer({ file: 'chat.jinja', source, specialTokens: {} }, LIMIT_MS);
  onTestFinished(() => renderer.dispose());
  return renderer;
}

async function reasonOf(source: string): Promise<string> {
  const answer = await rendererOf(source).render(conversation);
  return answer.kind === 'failed' ? answer.reason : `rendered ${answer.texts.length}`;
}

/** A namespace whose `s` is doubled `times` times. */
const doubled = (start: string, times: number, double = 'ns.s + ns.s'): string =>
  `{% set ns = namespace(s=${start}) %}{% for i in range(${times}) %}{% set ns.s = ${double} %}{% endfor %}`;

describe('a template that would take any time ends in a sentence', () => {
  const slow: Record<string, string> = {
    'loops in loops': '{% for a in range(100000) %}{% for b in range(100000) %}{% endfor %}{% endfor %}',
    'a list in lists, printed as JSON': `${doubled("['a']", 60, '[ns.s, ns.s]')}{{ ns.s | tojson | length }}`,
    'white space that a tag may have before it': `${' '.repeat(600_000)}x`,
  };
  test.each(Object.entries(slow))('%s', async (_, source) => {
    const began = performance.now();
    expect(await reasonOf(source)).toBe(`takes longer than ${LIMIT_MS / 1000} s`);
    expect(performance.now() - began).toBeLessThan(LIMIT_MS + 8000);
  });
});

describe('a template that would take any memory ends in a sentence', () => {
  const large: Record<string, [source: string, reason: RegExp]> = {
    'a range of a billion': [
      '{% for i in range(1000000000) %}{% endfor %}',
      /^asks for a range of more than 100000 numbers$/,
    ],
    'a text doubled forty times': [
      `${doubled("'aaaaaaaaaaaaaaaa'", 40)}{{ ns.s }}`,
      /^cannot be rendered \(Invalid string length\)$/,
    ],
    'a text doubled until it is too long for an example': [
      `${doubled("'aaaaaaaaaaaaaaaa'", 21)}{{ ns.s }}`,
      /^makes 33554432 characters of it, more than the 16777216 that any example needs$/,
    ],
    'a long text split at every letter': [
      `${doubled("'aaaaaaaaaaaaaaaa'", 22)}{{ ns.s.split('a') | length }}`,
      /^(takes more than 512 MiB or ends the process that renders it|takes longer than)/,
    ],
    'a list doubled sixty times': [
      `${doubled('[1]', 60)}{{ ns.s | length }}`,
      /^(takes more than 512 MiB or ends the process that renders it|takes longer than|cannot be rendered \(Invalid array length\))/,
    ],
    'a macro that calls itself': [
      '{% macro f(n) %}{{ f(n) }}{% endmacro %}{{ f(1) }}',
      /^cannot be rendered \((it is nested or calls itself too deeply|Cannot call something)/,
    ],
    'brackets in brackets': [
      `{{ ${'('.repeat(200_000)} }}`,
      /^cannot be read \(it is nested or calls itself too deeply\)$/,
    ],
  };
  test.each(Object.entries(large))('%s', async (_, [source, reason]) => {
    expect(await reasonOf(source)).toMatch(reason);
  });
});

describe('a template that is none, or wants more than there is, says so', () => {
  const wrong: Record<string, [source: string, reason: RegExp]> = {
    'includes another file': [
      "{% include '/etc/passwd' %}",
      /^uses \{% include %\}, but a chat template is one file; write out what it takes from elsewhere$/,
    ],
    'imports another file': ["{% import 'a' as a %}", /^uses \{% import %\}/],
    'extends another file': ["{% extends 'a' %}", /^uses \{% extends %\}/],
    'refuses the conversation': [
      '{{ raise_exception("Only Klingon\nis spoken here.") }}',
      /^refuses it: Only Klingon is spoken here$/,
    ],
    'ends in the middle': ['{% if messages %}', /^cannot be read \(/],
    'calls what is not there': [
      '{{ open("/etc/passwd") }}',
      /^cannot be rendered \(Cannot call something that is not a function/,
    ],
    'reaches for the process': ['{{ messages.constructor.constructor("return process")() }}', /^cannot be rendered/],
    'adds a text and a mapping': ['{{ "a" + messages[0] }}', /^adds string to object$/],
    'does not show where an answer begins': [
      '{{ range(3) | tojson }}{{ messages | length }}',
      /^does not show where the answer in message 2 begins$/,
    ],
  };
  test.each(Object.entries(wrong))('%s', async (_, [source, reason]) => {
    expect(await reasonOf(source)).toMatch(reason);
  });
});

test('one process renders one conversation after the other, also after it refused one', async () => {
  const renderer = rendererOf(
    '{% for m in messages %}{% if m.content == "no" %}{{ raise_exception("no") }}{% endif %}<{{ m.role }}>{{ m.content }}{% endfor %}',
  );
  const saying = (content: string): Conversation => ({
    ...conversation,
    messages: [{ role: 'user', content }, conversation.messages[1]!],
  });
  const answers = await Promise.all(['a', 'no', 'b'].map((content) => renderer.render(saying(content))));
  expect(
    answers.map((answer) => (answer.kind === 'failed' ? answer.reason : answer.texts.map(({ text }) => text))),
  ).toEqual([['<user>a<assistant>Hi'], 'refuses it: no', ['<user>b<assistant>Hi']]);
});

test('whoever waits is told when the process is disposed of', async () => {
  const renderer = rendererOf('{% for a in range(100000) %}{% for b in range(100000) %}{% endfor %}{% endfor %}');
  const answer = renderer.render(conversation);
  setTimeout(() => renderer.dispose(), 300);
  expect(await answer).toMatchObject({ kind: 'failed' });
  expect(await renderer.render(conversation)).toMatchObject({ kind: 'failed' });
  // A process that is left behind would keep this one from ending.
  await expect.poll(() => process.getActiveResourcesInfo().includes('ProcessWrap')).toBe(false);
});
