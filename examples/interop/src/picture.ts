import { lineChart, svg, svgFile } from "@flaxen/example-kit/chart";
import { NDArray } from "flaxen";

/** Points a side of the picture. */
export const SIZE = 32;
const PIXEL = 6;
const GAP = 24;
const SHADES = " ░▒▓█";

const LIGHT = [0.97, 0.95, 0.88];
const DARK = [0.08, 0.08, 0.12];
const GROUND = [0.12, 0.45, 0.5];

/** Points `[n, 2]` and their colours `[n, 3]`. */
export interface Picture {
  readonly points: NDArray<"float32">;
  readonly colors: NDArray<"float32">;
}

/** A yin and yang on the square from -1 to 1, top row first, as `picture` of `python/painter.py`. */
export function yinAndYang(): Picture {
  const places = Array.from({ length: SIZE }, (_, i) => ((i + 0.5) / SIZE) * 2 - 1);
  const points = places.flatMap((y) => places.map((x) => [x, -y]));
  return {
    points: new NDArray(Float32Array.from(points.flat()), [points.length, 2]),
    colors: new NDArray(Float32Array.from(points.flatMap(([x, y]) => colorOf(x, y))), [
      points.length,
      3,
    ]),
  };
}

function colorOf(x: number, y: number): readonly number[] {
  if (x ** 2 + y ** 2 >= 0.81) return GROUND;
  const [upper, lower] = [x ** 2 + (y - 0.45) ** 2, x ** 2 + (y + 0.45) ** 2];
  if (upper < 0.02) return DARK;
  if (lower < 0.02) return LIGHT;
  if (upper < 0.2025) return LIGHT;
  if (lower < 0.2025) return DARK;
  return x > 0 ? LIGHT : DARK;
}

/** Colours as text, two characters a point and every second row. */
export function colorsText(colors: NDArray): string {
  return Array.from({ length: SIZE / 2 }, (_, row) =>
    Array.from({ length: SIZE }, (_, column) => {
      const point = 2 * row * SIZE + column;
      const [r, g, b] = [0, 1, 2].map((channel) => colors.get(point, channel) as number);
      return SHADES[Math.min(4, Math.floor(((r + g + b) / 3) * 5))];
    }).join(""),
  ).join("\n");
}

/** A picture with a title. */
export interface Named {
  readonly name: string;
  readonly colors: NDArray;
}

/** Pictures side by side, and the losses below, as an SVG file. */
export function picturesSvg(pictures: readonly Named[], losses: readonly number[]): string {
  const side = SIZE * PIXEL;
  const width = pictures.length * (side + GAP) - GAP;
  const elements = pictures.flatMap(({ name, colors }, i) => [
    `<text x="${i * (side + GAP)}" y="14">${name}</text>`,
    squares(colors, i * (side + GAP), 24),
  ]);
  const points = losses.map((loss, i): [number, number] => [i + 1, Math.log10(loss)]);
  const values = points.map(([, y]) => y);
  const chart = lineChart([{ points, color: "#1857b8", width: 2 }], {
    xLabel: "step in flaxen (logarithm of the loss)",
    yMin: Math.floor(Math.min(...values)),
    yMax: Math.ceil(Math.max(...values)),
  });
  const top = side + 40;
  const placed = chart.replace("<svg ", `<svg x="0" y="${top}" width="${width}" height="250" `);
  return svgFile(svg(width, top + 250, [...elements, placed]));
}

function squares(colors: NDArray, left: number, top: number): string {
  const all = Array.from({ length: SIZE * SIZE }, (_, i) => {
    const rgb = [0, 1, 2].map((channel) => Math.round(255 * (colors.get(i, channel) as number)));
    const [x, y] = [left + (i % SIZE) * PIXEL, top + Math.floor(i / SIZE) * PIXEL];
    return `<rect x="${x}" y="${y}" width="${PIXEL}" height="${PIXEL}" fill="rgb(${rgb.join(",")})"/>`;
  });
  return `<g shape-rendering="crispEdges">${all.join("")}</g>`;
}
