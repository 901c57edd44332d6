// Where the pieces of a Lit template stand. A scanner of the little HTML that templates hold, not a parser.

/**
 * @typedef {{ kind: 'text' } | { kind: 'attribute', name: string } | { kind: 'markup' }} Place
 */

/**
 * Follows a template from piece to piece: tells what it shows as text and the values of its attributes.
 *
 * @param {readonly string[]} pieces between the expressions
 * @param {(text: string, place: Place, piece: number) => void} visit
 * @returns {Place[]} where the expression after each piece stands
 */
export function templatePlaces(pieces, visit) {
  let isInTag = false;
  let attribute = '';
  let quote = '';
  let text = '';
  /** @returns {Place} */
  const place = () => {
    if (!isInTag) return { kind: 'text' };
    return attribute === '' ? { kind: 'markup' } : { kind: 'attribute', name: attribute };
  };
  return pieces.map((piece, number) => {
    const end = () => {
      if (text !== '' && place().kind !== 'markup') visit(text, place(), number);
      text = '';
    };
    for (let at = 0; at < piece.length; at++) {
      const character = piece.charAt(at);
      const next = piece.charAt(at + 1);
      if (!isInTag && character === '<' && /[a-z/!]/i.test(next)) {
        end();
        isInTag = true;
      } else if (isInTag && attribute === '' && character === '>') {
        end();
        isInTag = false;
      } else if (isInTag && attribute === '' && character === '=') {
        const [name = ''] = /[^\s<]+$/.exec(text) ?? [];
        end();
        attribute = name;
        quote = next === '"' || next === "'" ? next : '';
        if (quote !== '') at++;
      } else if (attribute !== '' && (quote === '' ? /[\s>]/.test(character) : character === quote)) {
        end();
        attribute = '';
        if (character === '>') isInTag = false;
      } else text += character;
    }
    end();
    return place();
  });
}
