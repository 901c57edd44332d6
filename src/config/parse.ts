import { findNodeAtLocation, parse, parseTree, printParseErrorCode, type Node, type ParseError } from 'jsonc-parser';
import type { z } from 'zod';
import { issueMessage } from './issueMessage';
import { configurationSchema, type Configuration } from './schema';
import { UserError } from './userError';

/** One thing wrong with a configuration document, with its place in the text for a squiggle. */
export interface Problem {
  /** "syntax": the text is no JSON. "schema": it is, and says what no configuration may. */
  readonly kind: 'syntax' | 'schema';
  /** Dotted path of the field ("training.learningRate"), empty for the document itself. */
  readonly field: string;
  readonly message: string;
  /** Character range in the text. */
  readonly offset: number;
  readonly length: number;
}

export type ParsedConfiguration =
  | { readonly ok: true; readonly configuration: Configuration; readonly problems: readonly [] }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** Parses the text of a `*.mora.json` document (comments and trailing commas allowed). Never throws. */
export function parseConfiguration(text: string): ParsedConfiguration {
  const errors: ParseError[] = [];
  const value: unknown = parse(text, errors, { allowTrailingComma: true });
  if (errors.length > 0) {
    const problems = errors.map((error): Problem => ({
      kind: 'syntax',
      field: '',
      message: `is not valid JSON: ${inWords(printParseErrorCode(error.error))} at line ${lineOf(text, error.offset)}`,
      offset: error.offset,
      length: Math.max(1, error.length),
    }));
    return { ok: false, problems };
  }
  const tree = parseTree(text, [], { allowTrailingComma: true });
  const result = configurationSchema.safeParse(value);
  if (result.success) return { ok: true, configuration: result.data, problems: [] };
  return { ok: false, problems: result.error.issues.flatMap((issue) => problemsOf(issue, tree, text)) };
}

/** Parses a configuration or throws a UserError that names the file, the field and the mend. */
export function requireConfiguration(text: string, file: string): Configuration {
  const parsed = parseConfiguration(text);
  if (parsed.ok) return parsed.configuration;
  const first = parsed.problems[0];
  const more = parsed.problems.length > 1 ? ` (and ${parsed.problems.length - 1} more)` : '';
  throw new UserError(`${file}: ${describeProblem(first)}${more}`);
}

export function describeProblem(problem: Problem | undefined): string {
  if (problem === undefined) return 'the configuration cannot be read';
  return problem.field === '' ? problem.message : `"${problem.field}" ${problem.message}`;
}

function problemsOf(issue: z.core.$ZodIssue, tree: Node | undefined, text: string): Problem[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => {
      const path = [...issue.path, key];
      return {
        kind: 'schema',
        field: path.join('.'),
        message: 'is not a known key; remove it or check its spelling',
        ...rangeOf(path, tree, text),
      };
    });
  }
  const { path } = issue;
  return [{ kind: 'schema', field: path.join('.'), message: issueMessage(issue), ...rangeOf(path, tree, text) }];
}

function rangeOf(
  path: readonly PropertyKey[],
  tree: Node | undefined,
  text: string,
): { offset: number; length: number } {
  if (tree === undefined) return { offset: 0, length: Math.min(1, text.length) };
  // The nearest place that exists: a missing key is reported at the object that lacks it.
  for (let depth = path.length; depth >= 0; depth--) {
    const node = findNodeAtLocation(
      tree,
      path.slice(0, depth).map((key) => (typeof key === 'number' ? key : String(key))),
    );
    if (node !== undefined) {
      const whole = depth < path.length && (node.type === 'object' || node.type === 'array');
      return { offset: node.offset, length: whole ? 1 : node.length };
    }
  }
  return { offset: 0, length: Math.min(1, text.length) };
}

/** The parser names its errors "ValueExpected". */
function inWords(code: string): string {
  return code.replace(/(?!^)[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`).toLowerCase();
}

function lineOf(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}
