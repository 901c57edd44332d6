import { Environment, Interpreter, parse, tokenize } from '@huggingface/jinja';
import { fixedDate } from './fixedDate';
import { hasGenerationTags, replaceGenerationTags } from './generationMarks';
import { likePython, PYTHON_FUNCTIONS } from './likePython';
import { TemplateError } from './templateError';

/** The bound of jinja2's sandbox, in which transformers renders templates. */
const MAX_RANGE = 100_000;

/** A million tokens, the longest example that can be asked for, have about four million characters. */
export const MAX_RENDERED_CHARS = 16 << 20;

/** What a template is given: "messages", "tools", "add_generation_prompt" and the texts of special tokens. */
export type TemplateVariables = Readonly<Record<string, unknown>>;

type Program = ReturnType<typeof parse>;

/** A chat template, ready to render. Hostile ones can take any time and memory: render in a process of their own. */
export class Template {
  private constructor(
    private readonly plain: Program,
    private readonly marked: Program | undefined,
  ) {}

  /** Throws a TemplateError when the source is not a template that can be rendered. */
  static compile(source: string): Template {
    // jinja2 reads lines of any kind.
    const lines = source.replace(/\r\n?/g, '\n');
    const plain = compile(replaceGenerationTags(lines, false));
    return new Template(plain, hasGenerationTags(lines) ? compile(replaceGenerationTags(lines, true)) : undefined);
  }

  /** Whether it says itself, by {% generation %}, what the assistant writes. */
  get hasMarks(): boolean {
    return this.marked !== undefined;
  }

  /** The text. Throws a TemplateError. */
  render(variables: TemplateVariables): string {
    return run(this.plain, variables);
  }

  /** The text with what stands between {% generation %} and {% endgeneration %} between marks. Throws a TemplateError. */
  renderMarked(variables: TemplateVariables): string {
    if (this.marked === undefined) throw new Error('the template has no marks');
    return run(this.marked, variables);
  }
}

/** As transformers sets jinja2 up: blocks take the white space before them on their line and the newline after. */
function compile(source: string): Program {
  try {
    return likePython(parse(tokenize(source, { lstrip_blocks: true, trim_blocks: true })));
  } catch (error) {
    const reason = reasonOf(error);
    const other = /^Unknown statement type: (include|import|from|extends|block)$/.exec(reason)?.[1];
    throw new TemplateError(
      other === undefined
        ? `cannot be read (${reason})`
        : `uses {% ${other} %}, but a chat template is one file; write out what it takes from elsewhere`,
    );
  }
}

function run(program: Program, variables: TemplateVariables): string {
  const environment = new Environment();
  for (const [name, value] of Object.entries({ ...GLOBALS, ...variables })) environment.set(name, value);
  for (const [name, value] of PYTHON_FUNCTIONS) environment.variables.set(name, value);
  let text: unknown;
  try {
    text = new Interpreter(environment).run(program).value;
  } catch (error) {
    if (error instanceof TemplateError) throw error;
    throw new TemplateError(`cannot be rendered (${reasonOf(error)})`);
  }
  if (typeof text !== 'string') throw new TemplateError('renders no text');
  if (text.length > MAX_RENDERED_CHARS) {
    throw new TemplateError(
      `makes ${text.length} characters of it, more than the ${MAX_RENDERED_CHARS} that any example needs`,
    );
  }
  return text;
}

const GLOBALS = {
  true: true,
  True: true,
  false: false,
  False: false,
  none: null,
  None: null,
  range: boundedRange,
  strftime_now: fixedDate,
  raise_exception: (message: unknown): never => {
    throw new TemplateError(`refuses it: ${quoted(message)}`);
  },
};

function boundedRange(first: number, second?: number, step = 1): number[] {
  const [start, stop] = second === undefined ? [0, first] : [first, second];
  const count = Math.max(0, Math.ceil((stop - start) / step));
  if (!(count <= MAX_RANGE)) throw new TemplateError(`asks for a range of more than ${MAX_RANGE} numbers`);
  return Array.from({ length: count }, (_, index) => start + index * step);
}

function reasonOf(error: unknown): string {
  // What JavaScript calls these tells nobody what to mend. The parser stumbles over what ends too early.
  if (error instanceof RangeError && error.message.includes('call stack')) {
    return 'it is nested or calls itself too deeply';
  }
  if (error instanceof TypeError && /^Cannot read prop|is not (a function|iterable)$/.test(error.message)) {
    return 'something in it is unfinished or of another kind than what is done with it';
  }
  return quoted(error instanceof Error ? error.message : error);
}

/** What a template or its interpreter says, on one line of sensible length. */
function quoted(message: unknown): string {
  const text = (typeof message === 'string' ? message : JSON.stringify(message)).replace(/\s+/g, ' ').trim();
  return (text.length > 200 ? `${text.slice(0, 200)}…` : text).replace(/[.!]+$/, '');
}
