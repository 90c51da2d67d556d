import { createElement } from 'react';
import type { ReactElement } from 'react';
import type { SvgElement } from './svg-element.ts';

/** Names that React spells differently from SVG. */
const REACT_NAMES: Readonly<Record<string, string>> = { class: 'className', 'text-anchor': 'textAnchor' };

/** Renders an element of the charts. */
export function SvgView({ element }: { readonly element: SvgElement }): ReactElement {
  const attributes = Object.fromEntries(
    Object.entries(element.attributes).map(([name, value]) => [REACT_NAMES[name] ?? name, value]),
  );
  return createElement(
    element.tag,
    attributes,
    ...element.children.map((child, index) =>
      typeof child === 'string' ? child : <SvgView key={index} element={child} />,
    ),
  );
}
