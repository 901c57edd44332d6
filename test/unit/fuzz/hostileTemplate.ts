import { below, mutateBytes, pick, type Random } from './mutations';

/** As deep as statements stand in one another; expressions go deeper by themselves. */
const MAX_DEPTH = 4;

/** Sources of chat templates that would take any time or memory, reach out of themselves, or are no templates at all. */
export function hostileTemplate(good: string, random: Random): string {
  if (random() < 0.3) return mutateBytes(Buffer.from(good), random).toString('utf8');
  const written = Array.from({ length: 1 + below(random, 4) }, () => statement(random, 0)).join('');
  // What is hostile may stand before, behind or in what a good template does.
  return pick(random, [written, good + written, written + good, `{% for m in messages %}${written}{% endfor %}`]);
}

function statement(random: Random, depth: number): string {
  const inner = (): string =>
    depth >= MAX_DEPTH ? output(random) : statement(random, depth + 1) + (random() < 0.3 ? output(random) : '');
  const times = pick(random, [1, 3, 99_999, 100_001, 2 ** 40, -1]);
  switch (below(random, 11)) {
    case 0:
      return `{% for a in range(${times}) %}${inner()}{% endfor %}`;
    case 1:
      return `{% for m in messages %}${inner()}{% else %}${inner()}{% endfor %}`;
    case 2:
      return `{% if ${expression(random)} %}${inner()}{% elif ${expression(random)} %}${inner()}{% endif %}`;
    case 3:
      return `{% macro f(x) %}${inner()}{{ f(x ~ x) }}{% endmacro %}{{ f('a') }}`;
    case 4:
      return `{% set ns = namespace(s=${expression(random)}) %}{% for i in range(${1 + below(random, 60)}) %}{% set ns.s = ${pick(random, ['ns.s + ns.s', '[ns.s, ns.s]', '{"a": ns.s, "b": ns.s}', 'ns.s ~ ns.s'])} %}{% endfor %}{{ ns.s${pick(random, ['', ' | tojson', ' | length', ' | upper'])} }}`;
    case 5:
      return pick(random, [
        '{% include "/etc/passwd" %}',
        '{% import "os" as os %}{{ os.system("true") }}',
        '{% from "x" import y %}',
        '{% extends "../base" %}',
        '{% block a %}{% endblock %}',
        '{% call f() %}{% endcall %}',
      ]);
    case 6:
      return nested(random);
    case 7:
      return pick(random, [' ', 'x', '{', '{{', '{#', '\n', '\u0000', '{% generation %}']).repeat(
        1 + below(random, 100_000),
      );
    case 8:
      return pick(random, [
        '{% endfor %}',
        '{% for',
        '{% if true %}',
        '{{ "',
        '{# ',
        '{% generation %}',
        '{%- -%}',
        '{% set %}',
      ]);
    case 9:
      return `{% set messages = ${expression(random)} %}{% set ${pick(random, ['namespace', 'range', 'a.b', '__proto__', 'm'])} = ${expression(random)} %}`;
    default:
      return output(random);
  }
}

/** Brackets, conditions, additions or loops in one another. */
function nested(random: Random): string {
  const depth = below(random, 20_000);
  const [open, middle, close] = pick(random, [
    ['(', '1', ')'],
    ['[', '', ']'],
    ['{"a":', '1', '}'],
    ['not ', 'true', ''],
    ['1 + ', '1', ''],
    ['"a" ~ ', '"b"', ''],
  ] as const);
  if (random() < 0.3) {
    const few = below(random, 2000);
    return '{% if true %}'.repeat(few) + '{% endif %}'.repeat(few);
  }
  return `{{ ${open.repeat(depth)}${middle}${close.repeat(depth)} }}`;
}

function output(random: Random): string {
  return pick(random, [
    'text',
    `{{ ${expression(random)} }}`,
    `{{- ${expression(random)} -}}`,
    '{{ messages }}',
    '{{ messages[-1].content }}',
    '{{ messages[0]["role"] }}',
    "{{ raise_exception('a\nb' ~ 'x' * 9) }}",
    `{{ raise_exception('${'long '.repeat(2000)}') }}`,
  ]);
}

function expression(random: Random): string {
  return pick(random, [
    "'aaaaaaaaaaaaaaaa'",
    "['a']",
    '{}',
    '1',
    '2 ** 1000',
    '10 // 0',
    '10 % 0',
    'none',
    'undefined_name',
    'undefined_name.a.b',
    'messages',
    'messages.constructor',
    "''.constructor.constructor('return process')()",
    "messages['__proto__']",
    'self',
    'loop',
    'namespace',
    'range',
    'range(99999)',
    "range(99999) | list | join('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa')",
    "('a,' * 9).split(',')",
    "'a'.join(messages)",
    "'%s' | format(messages)",
    "strftime_now('%Y' * 1)",
    "messages | map(attribute='content') | join",
    "messages | selectattr('role', 'equalto', 'user') | list | length",
    'messages | tojson(indent=100000)',
    "'a' | indent(100000)",
    "'a'.replace('', 'aaaaaaaa')",
    'true is sameas 1',
    'lipsum(1000000)',
    'cycler',
  ]);
}
