import { describe, expect, it } from 'vitest';
import { defaultValues, documentation, formContent } from '../../../src/host/form/formContent';
import { COMPUTE, DATA, MODEL_FIELD, TRAINING } from '../../../webview/form/fields';
import { valueAt } from '../../../webview/form/values';

describe('what a document says to the form', () => {
  it('fills in the defaults and tells which fields were written', () => {
    const content = formContent('{ "model": "m", "data": { "train": "d" }, "adapter": { "rank": 4 } }');
    if (content.kind !== 'fields') throw new Error('broken');
    expect(valueAt(content.values, 'adapter.rank')).toBe(4);
    expect(valueAt(content.values, 'adapter.mode')).toBe('rotation');
    expect(content.written).toEqual(['model', 'data.train', 'adapter.rank']);
    expect(content.problems).toEqual([]);
  });

  it('shows a wrong value as it was written, with its problem at the field', () => {
    const content = formContent('{ "model": "m", "data": { "train": "d" }, "adapter": { "rank": "eight" } }');
    if (content.kind !== 'fields') throw new Error('broken');
    expect(valueAt(content.values, 'adapter.rank')).toBe('eight');
    expect(content.problems.map(({ field }) => field)).toEqual(['adapter.rank']);
  });

  it('names a mode that was written as its official number', () => {
    const content = formContent('{ "adapter": { "mode": 1 } }');
    expect(content.kind === 'fields' && valueAt(content.values, 'adapter.mode')).toBe('sharing');
  });

  it('is a form of defaults for a blank document, and none for broken JSON', () => {
    expect(formContent('').kind).toBe('fields');
    expect(formContent('{ "model": ').kind).toBe('broken');
    expect(formContent('[]').kind).toBe('broken');
  });
});

describe('every field of the form', () => {
  const fields = [MODEL_FIELD, ...[DATA, TRAINING, COMPUTE].flatMap((section) => [...section.fields, ...section.rare])];
  it.each(fields.map(({ field }) => field))('%s is in the schema, with a description and a default', (field) => {
    expect(documentation()[field]).toMatch(/\w/);
    expect(valueAt(defaultValues(), field)).toBeDefined();
  });

  it('stands in the form: no key of the schema is left out', () => {
    const elsewhere = [
      'adapter.method',
      'adapter.mode',
      'adapter.rank',
      'adapter.alpha',
      'adapter.layers',
      'adapter.modules',
      'adapter.targets',
    ];
    const groups = ['data', 'adapter', 'training', 'compute'];
    const shown = new Set([...fields.map(({ field }) => field), ...elsewhere]);
    const missing = Object.keys(documentation()).filter((field) => !shown.has(field) && !groups.includes(field));
    expect(missing).toEqual([]);
  });
});
