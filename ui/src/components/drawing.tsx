import { useEffect, useMemo, useRef, useState } from 'react';
import type { ReactElement } from 'react';
import type { SvgElement } from '../chart/svg-element.ts';
import { SvgView } from '../chart/svg-view.tsx';

/** Below it nothing can be drawn; the width is not known yet. */
const WIDTH_MIN = 40;

/** Draws at the width that there is, so that text keeps its size on every screen. */
export function Drawing({ draw }: { readonly draw: (width: number) => SvgElement }): ReactElement {
  const frame = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useEffect(() => {
    if (frame.current === null) return undefined;
    const observer = new ResizeObserver(([entry]) => setWidth(Math.floor(entry?.contentRect.width ?? 0)));
    observer.observe(frame.current);
    return () => observer.disconnect();
  }, []);
  const element = useMemo(() => (width < WIDTH_MIN ? undefined : draw(width)), [draw, width]);
  return (
    <div ref={frame} className="min-h-20">
      {element === undefined ? null : <SvgView element={element} />}
    </div>
  );
}
