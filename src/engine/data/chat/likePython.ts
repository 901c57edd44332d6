import { Environment, type Interpreter, type parse } from '@huggingface/jinja';
import { TemplateError } from './templateError';

type Program = ReturnType<typeof parse>;
type Value = ReturnType<Interpreter['run']>;

/**
 * Makes a parsed template mean what it means to jinja2, where the renderer differs in what templates in use rely on:
 * `lstrip("\n")` takes that character alone (Qwen3), two messages with the same content are equal (Mistral asks which is
 * the last), `selectattr("tool_calls", "undefined")` finds messages without calls (Mistral again), a text plus anything
 * else is an error, where this renderer would print "[object Map]" (DeepSeek's calls), and what is true prints as "True".
 * Such expressions become calls of {@link PYTHON_FUNCTIONS}, whose names no template can write.
 */
export function likePython(program: Program): Program {
  rewriteIn(program);
  return program;
}

interface Node {
  readonly type: string;
  readonly [field: string]: unknown;
}

/** Recurses as deep as the parser has done. */
function rewriteIn(parent: object): void {
  for (const [field, child] of Object.entries(parent) as [string, unknown][]) {
    if (typeof child !== 'object' || child === null) continue;
    rewriteIn(child);
    const made = isNode(child) ? rewritten(child) : undefined;
    if (made !== undefined) Object.assign(parent, { [field]: made });
  }
  for (const statements of BLOCKS.map((name) => (parent as Node)[name])) {
    if (!Array.isArray(statements)) continue;
    for (const [index, node] of (statements as Node[]).entries()) {
      if (EXPRESSIONS.has(node.type)) statements[index] = call('@print', [node]);
    }
  }
}

/** Where nodes hold statements, among which an expression is one that is printed. */
const BLOCKS = ['body', 'alternate', 'defaultBlock'];

const EXPRESSIONS = new Set([
  'Identifier',
  'MemberExpression',
  'CallExpression',
  'BinaryExpression',
  'FilterExpression',
  'TestExpression',
  'UnaryExpression',
  'SelectExpression',
  'Ternary',
]);

function isNode(value: object): value is Node {
  return 'type' in value && typeof value.type === 'string';
}

function rewritten(node: Node): Node | undefined {
  switch (node.type) {
    case 'CallExpression': {
      const { callee, args } = node as unknown as { callee: Node; args: readonly Node[] };
      const { object, property } = callee as unknown as { object: Node; property: Node };
      if (callee.type !== 'MemberExpression' || callee.computed === true || args.length === 0) return undefined;
      const name = `@${String(property.value)}`;
      return STRIPS.has(name) ? call(name, [object, ...args]) : undefined;
    }
    case 'BinaryExpression': {
      const { operator, left, right } = node as unknown as { operator: { value: string }; left: Node; right: Node };
      const name = OPERATORS[operator.value];
      return name === undefined ? undefined : call(name, [left, right]);
    }
    case 'FilterExpression': {
      const { operand, filter } = node as unknown as { operand: Node; filter: Node };
      if (filter.type !== 'CallExpression') return undefined;
      const { callee, args } = filter as unknown as { callee: Node; args: readonly Node[] };
      const name = `@${String(callee.value)}`;
      return name === '@selectattr' || name === '@rejectattr' ? call(name, [operand, ...args]) : undefined;
    }
    default:
      return undefined;
  }
}

const OPERATORS: Readonly<Record<string, string>> = { '==': '@equal', '!=': '@unequal', '+': '@add', '~': '@join' };

const STRIPS = new Set(['@strip', '@lstrip', '@rstrip']);

function call(name: string, args: readonly Node[]): Node {
  return { type: 'CallExpression', callee: { type: 'Identifier', value: name }, args: [...args] };
}

const [TRUE, FALSE] = [valueOf(true), valueOf(false)];

type NativeFunction = (args: readonly (Value | undefined)[]) => Value;

/** What {@link likePython} calls, to be put among the variables of an environment. */
export const PYTHON_FUNCTIONS: ReadonlyMap<string, Value> = makeFunctions({
  '@strip': ([text, characters]) => valueOf(strip(text, characters, true, true)),
  '@lstrip': ([text, characters]) => valueOf(strip(text, characters, true, false)),
  '@rstrip': ([text, characters]) => valueOf(strip(text, characters, false, true)),
  '@equal': ([a, b]) => (isEqual(a, b) ? TRUE : FALSE),
  '@unequal': ([a, b]) => (isEqual(a, b) ? FALSE : TRUE),
  '@add': ([a, b]) => add(a, b),
  '@join': ([a, b]) => valueOf(textOf(a) + textOf(b)),
  '@print': ([a]) => (typeof a?.value === 'string' ? a : valueOf(textOf(a))),
  '@selectattr': (args) => select(args, true),
  '@rejectattr': (args) => select(args, false),
});

/** The renderer does not export the classes of its values: one of them is a function that every environment has. */
function makeFunctions(functions: Readonly<Record<string, NativeFunction>>): ReadonlyMap<string, Value> {
  const known = new Environment().variables.get('namespace');
  if (known === undefined) throw new Error('the renderer has no function "namespace" to take the class from');
  const FunctionValue = known.constructor as new (work: NativeFunction) => Value;
  return new Map(Object.entries(functions).map(([name, work]) => [name, new FunctionValue(work)]));
}

/** A value of the renderer for one of JavaScript. */
function valueOf(plain: string | boolean | undefined): Value {
  return new Environment().set('value', plain);
}

/** str.strip, str.lstrip and str.rstrip: without any of the characters at either end; white space by default. */
function strip(text: Value | undefined, characters: Value | undefined, left: boolean, right: boolean): string {
  const from: unknown = text?.value;
  if (typeof from !== 'string') throw new TemplateError('strips what is no text');
  const given: unknown = characters?.value ?? null;
  if (given !== null && typeof given !== 'string') throw new TemplateError('strips characters that are no text');
  const all = Array.from(from);
  const isStripped = (character: string | undefined): boolean =>
    character !== undefined && (given === null ? character.trim() === '' : given.includes(character));
  let start = 0;
  let end = all.length;
  if (left) while (start < end && isStripped(all[start])) start++;
  if (right) while (end > start && isStripped(all[end - 1])) end--;
  return all.slice(start, end).join('');
}

/** ==, by content for lists and mappings; a truth value equals 0 or 1, nothing else equals another kind. */
function isEqual(a: Value | undefined, b: Value | undefined): boolean {
  const [left, right]: [unknown, unknown] = [a?.value, b?.value];
  if (left === right) return left !== undefined || a?.type === b?.type;
  if (Array.isArray(left) && Array.isArray(right)) {
    return left.length === right.length && left.every((item: Value, index) => isEqual(item, right[index] as Value));
  }
  if (left instanceof Map && right instanceof Map) {
    const [mine, other] = [left as Map<string, Value>, right as Map<string, Value>];
    return (
      mine.size === other.size && [...mine].every(([key, item]) => other.has(key) && isEqual(item, other.get(key)))
    );
  }
  return isNumeric(left) && isNumeric(right) && Number(left) === Number(right);
}

function isNumeric(value: unknown): boolean {
  return typeof value === 'number' || typeof value === 'boolean';
}

/** +, of texts, lists and numbers. */
function add(a: Value | undefined, b: Value | undefined): Value {
  const [left, right]: [unknown, unknown] = [a?.value, b?.value];
  if (typeof left === 'string' && typeof right === 'string') return likeValue(a, left + right);
  if (Array.isArray(left) && Array.isArray(right))
    return likeValue(a, [...(left as unknown[]), ...(right as unknown[])]);
  if (isNumeric(left) && isNumeric(right)) {
    // What is not whole in one of the two is a float, and so is the sum.
    return likeValue(b?.type === 'FloatValue' || a?.type === 'BooleanValue' ? b : a, Number(left) + Number(right));
  }
  throw new TemplateError(`adds ${kindOf(a)} to ${kindOf(b)}`);
}

/** A value of the same kind as another. */
function likeValue(model: Value | undefined, value: unknown): Value {
  const Kind = model?.constructor as new (value: unknown) => Value;
  return new Kind(value);
}

function kindOf(value: Value | undefined): string {
  return (value?.type ?? 'Undefined').replace(/Value$/, '').toLowerCase();
}

/** What str() makes of a value; of lists and mappings JSON, which is near enough. */
function textOf(value: Value | undefined): string {
  const plain: unknown = value?.value;
  if (value?.type === 'NullValue') return 'None';
  if (value === undefined || plain === undefined) return '';
  if (typeof plain === 'boolean') return plain ? 'True' : 'False';
  return value.toString();
}

/** selectattr and rejectattr: a key that is missing is undefined, about which a test may ask. */
function select(args: readonly (Value | undefined)[], wanted: boolean): Value {
  const [list, attribute, testName, operand] = args;
  const items: unknown = list?.value;
  const key: unknown = attribute?.value;
  if (list === undefined || !Array.isArray(items) || typeof key !== 'string') {
    throw new TemplateError('selects by an attribute from what is no list');
  }
  const name: unknown = testName?.value;
  const test = typeof name === 'string' ? new Environment().tests.get(name) : undefined;
  if (testName !== undefined && test === undefined) throw new TemplateError(`asks the unknown test "${String(name)}"`);
  const passes = (item: Value): boolean => {
    const value = (item.value instanceof Map ? item.value.get(key) : undefined) ?? valueOf(undefined);
    return test === undefined ? value.__bool__().value : test(value, ...(operand === undefined ? [] : [operand]));
  };
  return likeValue(
    list,
    (items as Value[]).filter((item) => passes(item) === wanted),
  );
}
