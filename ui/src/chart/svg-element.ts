/** One SVG element as plain data: the charts build these, React or a report writes them out. */
export interface SvgElement {
  readonly tag: 'svg' | 'g' | 'path' | 'line' | 'rect' | 'circle' | 'text' | 'title';
  readonly attributes: Readonly<Record<string, string | number>>;
  readonly children: readonly (SvgElement | string)[];
}

/** Pixels of a drawing. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/**
 * Builds an element. Look is given by classes alone, which the style sheet binds to the theme; a style
 * attribute would need `unsafe-inline`.
 */
export function svg(
  tag: SvgElement['tag'],
  attributes: SvgElement['attributes'],
  children: SvgElement['children'] = [],
): SvgElement {
  return { tag, attributes, children };
}

/** Coordinates to a hundredth of a pixel: finer is not seen, and the text is half as long. */
export function px(value: number): number {
  return Math.round(value * 100) / 100;
}

/** A path through points; null breaks it. */
export function pathThrough(points: readonly (readonly [number, number] | null)[]): string {
  let path = '';
  let pen = 'M';
  for (const point of points) {
    if (point === null) {
      pen = 'M';
      continue;
    }
    path += `${pen}${px(point[0])},${px(point[1])}`;
    pen = 'L';
  }
  return path;
}

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (sign) => ESCAPES[sign] ?? sign);
}

/** The element as SVG text, for documents written without a browser. */
export function svgText(element: SvgElement): string {
  const attributes = Object.entries(element.attributes)
    .map(([name, value]) => ` ${name}="${escaped(String(value))}"`)
    .join('');
  const children = element.children.map((child) =>
    typeof child === 'string' ? escaped(child) : svgText(child),
  );
  return `<${element.tag}${attributes}>${children.join('')}</${element.tag}>`;
}
