import type { Figure } from '../../../kernel/figure.ts';
import { svgBars, svgHistogram } from './svg-bars.ts';
import { svgLines, svgReliability, svgRoc } from './svg-plot.ts';

/** A figure as an SVG element, without scripts and in strokes that a black-and-white printer keeps apart. */
export function svgFigure(figure: Figure): string {
  switch (figure.kind) {
    case 'line':
      return svgLines(figure);
    case 'roc':
      return svgRoc(figure);
    case 'reliability':
      return svgReliability(figure);
    case 'bars':
      return svgBars(figure);
    case 'histogram':
      return svgHistogram(figure);
  }
}
