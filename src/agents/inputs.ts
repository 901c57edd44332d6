import { z } from 'zod';

/** No file system takes longer ones. */
const LONGEST_PATH = 4096;

/** A path as an agent gives it: absolute, or relative to one of the allowed folders. */
export const pathInput = z
  .string()
  .min(1)
  .max(LONGEST_PATH)
  .refine((text) => !/\p{Cc}/u.test(text), 'must be a path without control characters');

export const runInput = pathInput.meta({
  description: 'The run directory, or the id of a run, as list_runs gives them.',
});

export const documentInput = pathInput.meta({
  description: 'Path of the configuration document, *.mora.json; absolute, or relative to an allowed folder.',
});

/** A field of a configuration: "training.steps". */
const FIELD = /^[A-Za-z]\w{0,60}(\.\w{1,60}){0,4}$/;

/** The schema that models see stays plain: some take no references and no patterns for names. */
export const changesInput = z
  .record(z.string(), z.unknown())
  .refine((changes) => Object.keys(changes).every((field) => FIELD.test(field)), {
    error: 'names its fields by dotted paths such as "training.steps"',
  })
  .default({})
  .meta({
    description:
      'Changes for this call, as if typed into the document, by dotted path: {"training.steps": 20, "adapter.rank": 4}. The document stays as it is.',
  });
