import { describe, expect, test } from 'vitest';
import type { ChatMessage, Conversation } from '../../../../src/engine/data/chat/conversation';
import { renderConversation } from '../../../../src/engine/data/chat/renderConversation';
import { Template } from '../../../../src/engine/data/chat/template';

const user = (content: string): ChatMessage => ({ role: 'user', content });
const assistant = (content: string, more: object = {}): ChatMessage => ({ role: 'assistant', content, ...more });

const chat = [user('a?'), assistant('A.'), user('b?'), assistant('B.')];

function conversationOf(messages: readonly ChatMessage[], more: Partial<Conversation> = {}): Conversation {
  const learned = messages.flatMap(({ role }, index) => (role === 'assistant' ? [index] : []));
  return { messages, tools: null, learned, ...more };
}

/** The texts of a conversation, with what is learned between « and ». */
function marked(source: string, conversation: Conversation): string[] {
  const { texts } = renderConversation(Template.compile(source), conversation, { eos_token: '</s>' });
  return texts.map(({ text, spans }) => {
    let page = '';
    let at = 0;
    for (const { start, end } of spans) {
      page += `${text.slice(at, start)}«${text.slice(start, end)}»`;
      at = end;
    }
    return page + text.slice(at);
  });
}

describe('what the assistant wrote is found in a template without marks', () => {
  /** Ways of templates in use, shortened: what each does to a conversation of two turns. */
  const ways: Record<string, [source: string, texts: string[]]> = {
    'every turn the same': [
      '{% for m in messages %}<{{ m.role }}>{{ m.content }}<end>{% endfor %}{% if add_generation_prompt %}<assistant>{% endif %}',
      ['<user>a?<end><assistant>«A.<end>»<user>b?<end><assistant>«B.<end>»'],
    ],
    'white space between turns': [
      '{% for m in messages %}{{ "<" + m.role + ">\\n" + m.content + "<end>\\n" }}{% endfor %}{% if add_generation_prompt %}{{ "<assistant>\\n" }}{% endif %}',
      ['<user>\na?<end>\n<assistant>\n«A.<end>»\n<user>\nb?<end>\n<assistant>\n«B.<end>»\n'],
    ],
    'no prompt to ask with (Mistral)': [
      '{% for m in messages %}{% if m.role == "user" %}[INST]{{ m.content }}[/INST]{% else %}{{ m.content + eos_token }}{% endif %}{% endfor %}',
      ['[INST]a?[/INST]«A.</s>»[INST]b?[/INST]«B.</s>»'],
    ],
    'a prompt that asks for what is then dropped (DeepSeek R1)': [
      '{% for m in messages %}<{{ m.role }}>{{ m.content.split("</think>")[-1] }}<end>{% endfor %}{% if add_generation_prompt %}{{ "<assistant><think>\\n" }}{% endif %}',
      ['<user>a?<end><assistant>«A.<end>»<user>b?<end><assistant>«B.<end>»'],
    ],
    'earlier turns without their reasoning (Qwen3)': [
      '{% for m in messages %}<{{ m.role }}>{% if m.role == "assistant" and loop.last %}<think></think>{% endif %}{{ m.content }}<end>{% endfor %}{% if add_generation_prompt %}<assistant>{% endif %}',
      [
        '<user>a?<end><assistant>«<think></think>A.<end>»',
        '<user>a?<end><assistant>A.<end><user>b?<end><assistant>«<think></think>B.<end>»',
      ],
    ],
    'an end token for the conversation alone, after the end of its last turn (Phi-3)': [
      '{% for m in messages %}<{{ m.role }}>{{ m.content }}<end>{% endfor %}{% if add_generation_prompt %}<assistant>{% else %}{{ eos_token }}{% endif %}',
      ['<user>a?<end><assistant>«A.<end>»<user>b?<end><assistant>«B.<end>»'],
    ],
    'an end token for the conversation alone, which is all that ends an answer (gpt-oss)': [
      '{% for m in messages %}<{{ m.role }}>{{ m.content }}{% if not loop.last %}<end>{% endif %}{% endfor %}{% if add_generation_prompt %}<end><assistant>{% else %}<return>{% endif %}',
      ['<user>a?<end><assistant>«A.<return>»', '<user>a?<end><assistant>A.<end><user>b?<end><assistant>«B.<return>»'],
    ],
    'an end token before the next question': [
      '{% for m in messages %}{% if m.role == "user" %}{% if not loop.first %}{{ eos_token }}{% endif %}Q: {{ m.content }} A:{% else %}{{ m.content }}{% endif %}{% endfor %}',
      ['Q: a? A:«A.»</s>Q: b? A:«B.»'],
    ],
  };
  test.each(Object.entries(ways))('%s', (_, [source, texts]) => {
    expect(marked(source, conversationOf(chat))).toEqual(texts);
  });

  test('a system message that moves along with the last question is in every text (Mistral)', () => {
    const source =
      '{% if messages[0].role == "system" %}{% set system = messages[0].content + ": " %}{% set rest = messages[1:] %}{% else %}{% set system = "" %}{% set rest = messages %}{% endif %}' +
      '{% for m in rest %}{% if m.role == "user" %}[INST]{% if loop.last %}{{ system }}{% endif %}{{ m.content }}[/INST]{% else %}{{ m.content + eos_token }}{% endif %}{% endfor %}';
    expect(marked(source, conversationOf([{ role: 'system', content: 'S' }, ...chat]))).toEqual([
      '[INST]S: a?[/INST]«A.</s>»',
      '[INST]a?[/INST]A.</s>[INST]S: b?[/INST]«B.</s>»',
    ]);
  });

  test('answers that begin like what asks for them lose no letter', () => {
    const source =
      '{% for m in messages %}<{{ m.role }}>{{ m.content }}<end>{% endfor %}{% if add_generation_prompt %}<assistant><think>{% endif %}';
    expect(marked(source, conversationOf([user('a?'), assistant('<thin ice>')]))).toEqual([
      '<user>a?<end><assistant>«<thin ice><end>»',
    ]);
  });

  test('an answer that comes first is learned where the template shows its beginning', () => {
    const source =
      '{% if messages[0].role is not defined %}{{ raise_exception("nothing to say") }}{% endif %}{% for m in messages %}<{{ m.role }}>{{ m.content }}<end>{% endfor %}';
    expect(marked(source, conversationOf([assistant('Hi.'), user('a?'), assistant('A.')]))).toEqual([
      '<assistant>«Hi.<end>»<user>a?<end>«<assistant>A.<end>»',
    ]);
  });

  test('only the turns that are to be learned are', () => {
    const [source] = ways['every turn the same']!;
    expect(marked(source, conversationOf(chat, { learned: [3] }))).toEqual([
      '<user>a?<end><assistant>A.<end><user>b?<end><assistant>«B.<end>»',
    ]);
    // What follows the last of them teaches nothing.
    expect(marked(source, conversationOf(chat, { learned: [1] }))).toEqual(['<user>a?<end><assistant>«A.<end>»']);
    expect(marked(source, conversationOf(chat, { learned: [] }))).toEqual([]);
    expect(marked(source, conversationOf([...chat, user('c?')]))).toEqual(marked(source, conversationOf(chat)));
  });

  test('a call that the template leaves out is not learned as silence', () => {
    const [source] = ways['every turn the same']!;
    const call = assistant('', { tool_calls: [{ type: 'function', function: { name: 'look', arguments: {} } }] });
    const messages = [user('a?'), call, { role: 'tool', content: 'x' }, assistant('A.')];
    expect(marked(source, conversationOf(messages))).toEqual([
      '<user>a?<end><assistant><end><tool>x<end><assistant>«A.<end>»',
    ]);
    expect(renderConversation(Template.compile(source), conversationOf(messages), {}).isAltered).toBe(true);
  });

  test('a template that does not show where an answer begins is refused', () => {
    expect(() => marked('{{ messages | length }}', conversationOf(chat))).toThrow(
      'does not show where the answer in message 4 begins',
    );
  });
});

describe('what a template marks by {% generation %}', () => {
  const source =
    '{%- for m in messages %}\n  {%- if m.role == "assistant" %}<a>{%- generation %}\n{{ m.content }}<end>\n  {%- endgeneration %}\n  {%- else %}<u>{{ m.content }}<end>{% endif %}\n{%- endfor %}';

  test('is what is learned, and the text is as it would be without the marks', () => {
    expect(marked(source, conversationOf(chat))).toEqual(['<u>a?<end><a>«A.<end>»<u>b?<end><a>«B.<end>»']);
  });

  test('can be left out by turn', () => {
    expect(marked(source, conversationOf(chat, { learned: [3] }))).toEqual([
      '<u>a?<end><a>A.<end><u>b?<end><a>«B.<end>»',
    ]);
    const twice = source.replace('{{ m.content }}', '{{ m.content }}{% endgeneration %}{% generation %}');
    expect(marked(twice, conversationOf(chat))).toEqual(['<u>a?<end><a>«A.»«<end>»<u>b?<end><a>«B.»«<end>»']);
    expect(() => marked(twice, conversationOf(chat, { learned: [3] }))).toThrow(
      'does not mark each answer once by {% generation %}, so that some can be left out',
    );
  });

  test('must pair and change nothing', () => {
    expect(() => marked('{% generation %}{{ messages[0].content }}', conversationOf(chat))).toThrow(
      'has {% generation %} marks that change the text or do not pair',
    );
    const length =
      '{% set x %}{% generation %}{{ messages[0].content }}{% endgeneration %}{% endset %}{{ x | length }}';
    expect(() => marked(length, conversationOf(chat))).toThrow(/marks that change the text/);
  });

  test('may be nowhere: then there is nothing to learn', () => {
    expect(
      marked(
        '{{ messages[0].content }}{% if false %}{% generation %}{% endgeneration %}{% endif %}',
        conversationOf(chat),
      ),
    ).toEqual([]);
  });
});

describe('a template shows all that a conversation says, or it is said', () => {
  const all =
    '{% for m in messages %}<{{ m.role }}>{{ m.content }}{% for c in m.tool_calls or [] %}{{ c | tojson }}{% endfor %}<end>{% endfor %}';
  const altered = (source: string, conversation: Conversation): boolean =>
    renderConversation(Template.compile(source), conversation, {}).isAltered;
  const tools = [{ type: 'function', function: { name: 'weather' } }];

  test.each([
    ['all of it', all, conversationOf(chat), false],
    [
      'words laid out otherwise',
      all.replace('m.content }}', 'm.content | trim }}'),
      conversationOf([user('  a?\n'), assistant('A.')]),
      false,
    ],
    [
      'no system message',
      all.replace('{{ m.content }}', '{{ m.content if m.role != "system" }}'),
      conversationOf([{ role: 'system', content: 'S' }, ...chat]),
      true,
    ],
    [
      'no reasoning',
      all.replace('m.content }}', 'm.content.split("</think>")[-1] }}'),
      conversationOf([user('a?'), assistant('<think>x</think>A.')]),
      true,
    ],
    ['no tools', all, conversationOf(chat, { tools }), true],
    ['tools', `{{ tools | tojson }}${all}`, conversationOf(chat, { tools }), false],
    [
      'what a tool said, escaped',
      all.replace('m.content }}', 'm.content | tojson }}'),
      conversationOf([user('a?'), { role: 'tool', content: '"20 °C"' }, assistant('A.')]),
      false,
    ],
  ])('%s', (_, source, conversation, expected) => {
    expect(altered(source, conversation)).toBe(expected);
  });
});

test('a template that wants the arguments of a call as text gets them so (DeepSeek)', () => {
  const call = assistant('', {
    tool_calls: [{ type: 'function', function: { name: 'f', arguments: { a: [1, 'é'] } } }],
  });
  const source = (printed: string): string =>
    `{% for m in messages %}<{{ m.role }}>{{ m.content }}{% for c in m.tool_calls or [] %}{{ c.function.name + ${printed} }}{% endfor %}<end>{% endfor %}`;
  const learned = '<user>a?<end>«<assistant>f{"a": [1, "é"]}<end>»';
  expect(marked(source('(c.function.arguments | tojson)'), conversationOf([user('a?'), call]))).toEqual([learned]);
  expect(marked(source('c.function.arguments'), conversationOf([user('a?'), call]))).toEqual([learned]);
});

test('the date is always the same, in the words of the format', () => {
  const source = '{{ strftime_now("%d %b %Y, %A; %B %-d; %Y-%m-%d %H:%M; 100%%") }}';
  // `date -d 2024-07-26` with the same format.
  expect(Template.compile(source).render({})).toBe('26 Jul 2024, Friday; July 26; 2024-07-26 00:00; 100%');
});

test('a template says what jinja2 says', () => {
  // Each line was rendered by jinja2 3.1 as transformers sets it up.
  const cases: [source: string, text: string][] = [
    ["{{ '\\n  a \\n'.lstrip('\\n') }}|", '  a \n|'],
    ["{{ 'xxaxx'.strip('x') }}|{{ 'abcba'.strip('ab') }}|{{ ' a '.strip() }}|", 'a|c|a|'],
    ["{{ 'a.b.'.rstrip('.') }}", 'a.b'],
    ['{{ {"a": [1, {"b": none}]} == {"a": [1, {"b": none}]} }}', 'True'],
    ["{{ 'a' ~ 1 ~ true ~ none }}", 'a1TrueNone'],
    ["{{ 1 == true }} {{ '1' == 1 }} {{ 'a' != 'a' }}", 'True False False'],
    ["{{ true }}|{{ none }}|{{ missing }}|{{ messages[0].role == 'user' }}", 'True|None||True'],
    ['{% macro m() %}{{ false }}{% endmacro %}{% set x %}{{ true }}{% endset %}{{ m() }}{{ x }}', 'FalseTrue'],
    ['{{ 1 + 2.5 }} {{ 1 + 2 }} {{ (1.0 + 1) }}', '3.5 3 2.0'],
    [
      "{{ messages | selectattr('x', 'undefined') | list | length }}{{ messages | rejectattr('role', 'equalto', 'user') | list | length }}",
      '42',
    ],
    ['a\r\nb{% if true %}\r\nc{% endif %}', 'a\nbc'],
  ];
  for (const [source, text] of cases) {
    expect(Template.compile(source).render({ messages: chat })).toBe(text);
  }
});
