const WIDTH = 640;
const HEIGHT = 260;
const MARGIN = { left: 56, right: 16, top: 16, bottom: 36 };

export type Point = readonly [x: number, y: number];

/** A line of a chart. */
export interface Series {
  readonly points: readonly Point[];
  /** Any colour of SVG. */
  readonly color: string;
  /** Stroke width; 1 by default. */
  readonly width?: number;
}

/** What a chart shows besides its lines. */
export interface ChartOptions {
  readonly xLabel: string;
  readonly yMin: number;
  readonly yMax: number;
}

/** Lines over x from 0 on, with a grid and labels, as an SVG element. */
export function lineChart(series: readonly Series[], { xLabel, yMin, yMax }: ChartOptions): string {
  const xMax = Math.max(1, ...series.flatMap(({ points }) => points.map(([x]) => x)));
  const x = (value: number): number =>
    MARGIN.left + (value / xMax) * (WIDTH - MARGIN.left - MARGIN.right);
  const y = (value: number): number =>
    HEIGHT -
    MARGIN.bottom -
    ((value - yMin) / (yMax - yMin)) * (HEIGHT - MARGIN.top - MARGIN.bottom);
  const yTicks = Array.from({ length: 6 }, (_, i) => yMin + (i / 5) * (yMax - yMin));
  const xStep = Math.max(1, Math.ceil(xMax / 10));
  const xTicks = Array.from({ length: Math.floor(xMax / xStep) + 1 }, (_, i) => i * xStep);
  const lines = [
    ...yTicks.map(
      (v) =>
        `<line stroke="#ddd" x1="${MARGIN.left}" x2="${WIDTH - MARGIN.right}" y1="${y(v).toFixed(1)}" y2="${y(v).toFixed(1)}"/>` +
        `<text x="${MARGIN.left - 8}" y="${(y(v) + 4).toFixed(1)}" text-anchor="end">${v.toFixed(2)}</text>`,
    ),
    ...xTicks.map(
      (v) => `<text x="${x(v).toFixed(1)}" y="${HEIGHT - 18}" text-anchor="middle">${v}</text>`,
    ),
    `<text x="${WIDTH / 2}" y="${HEIGHT - 2}" text-anchor="middle">${xLabel}</text>`,
    ...series.map(
      ({ points, color, width = 1 }) =>
        `<polyline fill="none" stroke="${color}" stroke-width="${width}" points="${points.map(([px, py]) => `${x(px).toFixed(1)},${y(py).toFixed(1)}`).join(" ")}"/>`,
    ),
  ];
  return svg(WIDTH, HEIGHT, lines);
}

/** An SVG element of that size, to stand in a page. */
export function svg(width: number, height: number, lines: readonly string[]): string {
  return `<svg viewBox="0 0 ${width} ${height}" role="img" font-family="system-ui, sans-serif" font-size="12" fill="#555">\n${lines.join("\n")}\n</svg>`;
}

/** An SVG element as the content of a file of its own. */
export function svgFile(element: string): string {
  return `${element.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ')}\n`;
}

/** The mean of each `window` values before and at every index: what is left when a curve stops jumping. */
export function smoothed(values: readonly number[], window: number): number[] {
  return values.map((_, i) => {
    const part = values.slice(Math.max(0, i - window + 1), i + 1);
    return part.reduce((a, b) => a + b, 0) / part.length;
  });
}
