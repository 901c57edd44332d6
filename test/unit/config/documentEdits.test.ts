import { parse } from 'jsonc-parser';
import { describe, expect, it } from 'vitest';
import { applyChanges, differingStretch, layoutOfText, type JsonValue } from '../../../src/config/documentEdits';

const LAYOUT = { insertSpaces: true, tabSize: 2, eol: '\n' };

const TEXT = `{
  // which model
  "model": "./m", /* on disk */
  "adapter": {
    "rank": 8, // small
    "modules": ["q_proj"]
  },
}
`;

function change(text: string, field: string, value: JsonValue): string {
  return applyChanges(text, [{ field, value }], LAYOUT);
}

describe('a change of the form touches its value and nothing else', () => {
  it('keeps comments, order, formatting and a trailing comma', () => {
    expect(change(TEXT, 'adapter.rank', 16)).toBe(TEXT.replace('"rank": 8', '"rank": 16'));
  });

  it('writes arrays on one line, and breaks those that are too long for it', () => {
    expect(change(TEXT, 'adapter.modules', ['q_proj', 'v_proj'])).toContain('"modules": ["q_proj", "v_proj"]\n');
    const targets = Object.fromEntries(
      Array.from({ length: 4 }, (_, layer) => [String(layer), ['q_proj', 'k_proj', 'v_proj']]),
    );
    expect(change(TEXT, 'adapter.modules', targets)).toContain('\n      "3": ["q_proj", "k_proj", "v_proj"]\n    }');
  });

  it('writes a new array on one line too', () => {
    expect(change(TEXT, 'training.betas', [0.9, 0.99])).toContain('"betas": [0.9, 0.99]');
  });

  it('makes the object a field stands in', () => {
    expect(parse(change('{\n  "model": "m"\n}\n', 'training.steps', 100))).toEqual({
      model: 'm',
      training: { steps: 100 },
    });
  });

  it('makes a document of a blank one', () => {
    expect(parse(change('', 'model', './m'))).toEqual({ model: './m' });
  });

  it('writes small numbers by their exponent', () => {
    expect(change(TEXT, 'training.learningRate', 0.0003)).toContain('"learningRate": 3e-4');
    expect(change(TEXT, 'training.warmup', 0.03)).toContain('"warmup": 0.03');
  });

  it('removes a field with its comma; removing what is not there changes nothing', () => {
    const without = applyChanges(TEXT, [{ field: 'adapter.modules', remove: true }], LAYOUT);
    expect(parse(without, [], { allowTrailingComma: true })).toEqual({ model: './m', adapter: { rank: 8 } });
    expect(applyChanges(TEXT, [{ field: 'adapter.targets', remove: true }], LAYOUT)).toBe(TEXT);
  });

  it('keeps tabs and CRLF', () => {
    const text = '{\r\n\t"model": "m"\r\n}\r\n';
    const changed = applyChanges(text, [{ field: 'data.train', value: 'd' }], {
      insertSpaces: false,
      tabSize: 1,
      eol: '\r\n',
    });
    expect(changed.replace(/\r\n/g, '')).not.toContain('\n');
    expect(changed).toContain('\t\t"train": "d"');
  });
});

describe('the stretch in which two texts differ', () => {
  it.each([
    ['abc', 'abXc'],
    ['abc', 'ac'],
    ['aaa', 'aa'],
    ['"rank": 8', '"rank": 88'],
    ['', 'new'],
  ])('turns %j into %j', (before, after) => {
    const stretch = differingStretch(before, after);
    expect(stretch).toBeDefined();
    const { offset, length, text } = stretch!;
    expect(before.slice(0, offset) + text + before.slice(offset + length)).toBe(after);
  });

  it('is none for equal texts', () => {
    expect(differingStretch('same', 'same')).toBeUndefined();
  });
});

describe('the layout of a document', () => {
  it.each([
    ['{\n    "a": 1\n}', { insertSpaces: true, tabSize: 4, eol: '\n' }],
    ['{\r\n\t"a": 1\r\n}', { insertSpaces: false, tabSize: 1, eol: '\r\n' }],
    ['{"a": 1}', { insertSpaces: true, tabSize: 2, eol: '\n' }],
  ])('is read from %j', (text, layout) => {
    expect(layoutOfText(text)).toEqual(layout);
  });
});
