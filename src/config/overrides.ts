import { applyEdits, findNodeAtLocation, modify, parseTree, type JSONPath } from 'jsonc-parser';

/** Values that replace or add fields of a document, by dotted path: { "training.steps": 500 }. */
export type Overrides = Readonly<Record<string, unknown>>;

/**
 * The text of a configuration document with the overrides written into it, so that it is validated as if the user had
 * typed them. Text that is not a JSON object is returned as it is: the parser says what is wrong with it.
 */
export function applyOverrides(text: string, overrides: Overrides): string {
  let changed = text;
  for (const [field, value] of Object.entries(overrides)) {
    const tree = parseTree(changed, [], { allowTrailingComma: true });
    if (tree?.type !== 'object') return changed;
    const path: JSONPath = [];
    const segments = field.split('.');
    let content = value;
    for (const [depth, segment] of segments.entries()) {
      const parent = findNodeAtLocation(tree, path);
      if (parent !== undefined && parent.type !== 'object' && parent.type !== 'array') {
        // A field below a plain value: the object put in its place is what validation then refuses by name.
        content = segments.slice(depth).reduceRight<unknown>((inner, name) => ({ [name]: inner }), value);
        break;
      }
      path.push(parent?.type === 'array' && /^\d+$/.test(segment) ? Number(segment) : segment);
    }
    changed = applyEdits(changed, modify(changed, path, content, { formattingOptions: {} }));
  }
  return changed;
}
