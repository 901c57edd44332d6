// Texts that a person sees go through l10n.t, so that they can be in another language.
import { templatePlaces } from './templatePlaces.mjs';

/** Attributes of elements, ours and others', that show or speak what they hold. */
const SPOKEN_ATTRIBUTES = [
  ...['title', 'placeholder', 'alt', 'label', 'description', 'summary', 'heading'],
  ...['aria-label', 'aria-description', 'aria-roledescription', 'aria-valuetext'],
];

/** Members of the editor's API, and of ours, that are shown. */
const SHOWN_MEMBERS = [
  ...['title', 'label', 'description', 'detail', 'tooltip', 'prompt', 'placeHolder', 'placeholder', 'message'],
  ...['openLabel', 'saveLabel', 'ariaLabel', 'hint', 'definition', 'activity', 'note', 'caption', 'heading'],
];

/** Calls whose first argument is shown, by how the code names them. */
const SHOWING_CALLS = /(?:^|\.)(?:show(?:Information|Warning|Error)Message|UserError|TreeItem|describe|announce)$/;

/** Names that are the same in every language. */
const NAMES =
  /\b(?:MoRA|ReMoRA|LoRA|rsLoRA|PEFT|Studio|GGUF|JSON|CSV|PNG|TensorBoard|AdamW|GiB|MiB|KiB|NaN|mod|log|2·rank|_proj|mora_type|adapter_config\.json|safetensors|[a-z_]+\.[a-z_.]+)\b/g;

/** Whether something is left of a text to translate: a word of three letters that is no name, or two words. */
function isWorded(/** @type {string} */ text) {
  // A value to be written in the document, as an example.
  if (/^\s*[[{]/.test(text)) return false;
  const words = text.replace(/&[a-z]+;/g, ' ').replace(/\$\([\w~-]+\)/g, ' ').replace(NAMES, ' ').match(/\p{L}{3,}/gu); // prettier-ignore
  return words !== null;
}

/**
 * The literal of an expression that would be shown as it stands, at whatever branch.
 * @param {any} node
 * @returns {any}
 */
function plainText(node) {
  switch (node?.type) {
    case 'Literal':
      return typeof node.value === 'string' && isWorded(node.value) ? node : undefined;
    case 'TemplateLiteral':
      return (
        (node.quasis.some((/** @type {any} */ { value }) => isWorded(value.cooked ?? '')) ? node : undefined) ??
        node.expressions.map(plainText).find((/** @type {any} */ found) => found !== undefined)
      );
    case 'ConditionalExpression':
      return plainText(node.consequent) ?? plainText(node.alternate);
    case 'LogicalExpression':
      return plainText(node.right) ?? (node.operator === '&&' ? undefined : plainText(node.left));
    case 'BinaryExpression':
      return node.operator === '+' ? (plainText(node.left) ?? plainText(node.right)) : undefined;
    case 'TSAsExpression':
    case 'TSSatisfiesExpression':
      return plainText(node.expression);
    case 'ArrayExpression':
      return node.elements.map(plainText).find((/** @type {any} */ found) => found !== undefined);
    default:
      return undefined;
  }
}

/** @param {any} node a callee @returns {string} "vscode.window.showErrorMessage" */
function nameOf(node) {
  if (node.type === 'Identifier') return node.name;
  return node.type === 'MemberExpression' ? `${nameOf(node.object)}.${node.property.name ?? ''}` : '';
}

/** @type {import('eslint').Rule.RuleModule} */
export const localisedTexts = {
  meta: {
    type: 'problem',
    docs: { description: 'texts that a person sees go through l10n.t' },
    messages: { plain: '{{text}} is shown as it stands: put it into l10n.t, whole, with {0} for what changes in it' },
    schema: [],
  },
  create(context) {
    /** @param {any} node @param {string} text */
    const report = (node, text) =>
      context.report({ node, messageId: 'plain', data: { text: JSON.stringify(text.trim().slice(0, 60)) } });
    /** @param {any} value */
    const check = (value) => {
      const found = plainText(value);
      if (found !== undefined) report(found, context.sourceCode.getText(found));
    };
    /** @param {any} key */
    const isShown = (key) => SHOWN_MEMBERS.includes(key.name ?? key.value);
    /** @param {any} node */
    const call = (node) => {
      if (SHOWING_CALLS.test(nameOf(node.callee))) check(node.arguments[0]);
    };
    return {
      /** @param {any} node */
      TaggedTemplateExpression(node) {
        if (!['html', 'svg'].includes(node.tag.name)) return;
        const { quasis, expressions } = node.quasi;
        const places = templatePlaces(
          quasis.map((/** @type {any} */ { value }) => value.cooked ?? ''),
          (text, place, piece) => {
            const isSeen =
              place.kind === 'text' || (place.kind === 'attribute' && SPOKEN_ATTRIBUTES.includes(place.name));
            if (isSeen && isWorded(text)) report(quasis[piece], text);
          },
        );
        expressions.forEach((/** @type {any} */ expression, /** @type {number} */ index) => {
          const place = places[index];
          if (place?.kind === 'text') check(expression);
          // A property of Lit's is written ".label", an attribute that may be absent is not.
          if (place?.kind === 'attribute' && SPOKEN_ATTRIBUTES.includes(place.name.replace('.', ''))) check(expression);
        });
      },
      CallExpression: call,
      NewExpression: call,
      /** @param {any} node */
      Property(node) {
        if (isShown(node.key) && !node.computed) check(node.value);
      },
      /** @param {any} node */
      AssignmentExpression(node) {
        if (node.left.type === 'MemberExpression' && isShown(node.left.property)) check(node.right);
      },
    };
  },
};
