import { noChange } from 'lit';
import { Directive, directive, type ElementPart, type PartInfo, PartType } from 'lit/directive.js';

type Properties = Readonly<Record<string, string>>;

/**
 * Sets CSS properties of an element from code: `<div ${styled({ width: '40%' })}>`. Lit's styleMap writes a style
 * attribute on its first render, which the panels' content security policy refuses.
 */
class Styled extends Directive {
  private names: readonly string[] = [];

  constructor(part: PartInfo) {
    super(part);
    if (part.type !== PartType.ELEMENT) throw new Error('styled() stands in a tag, not in an attribute or a text');
  }

  override render(_properties: Properties): symbol {
    return noChange;
  }

  override update(part: ElementPart, [properties]: [Properties]): symbol {
    const { element } = part;
    if (element instanceof HTMLElement || element instanceof SVGElement) {
      for (const name of this.names) if (!(name in properties)) element.style.removeProperty(name);
      for (const [name, value] of Object.entries(properties)) element.style.setProperty(name, value);
      this.names = Object.keys(properties);
    }
    return noChange;
  }
}

export const styled = directive(Styled);
