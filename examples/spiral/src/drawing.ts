import { lineChart, svgFile } from "@flaxen/example-kit/chart";
import { NDArray } from "flaxen";
import { CLASSES } from "./data.ts";
import type { Points } from "./data.ts";
import type { MLP } from "./mlp.ts";
import { probabilities } from "./training.ts";
import type { Training } from "./training.ts";

type Rgb = readonly [number, number, number];

const COLORS: readonly Rgb[] = [
  [24, 87, 184],
  [224, 122, 20],
  [40, 140, 70],
];
const SYMBOLS = ".o#";
/** The plane is drawn from -RANGE to RANGE. */
const RANGE = 1.2;
const CELLS = 96;
const SIZE = 480;
/** Colours are rounded to this many levels, so that equal neighbours become one rectangle. */
const LEVELS = 12;

/** Probabilities of the classes in the middle of each cell of a grid, top row first. */
function grid(model: MLP, rows: number, columns: number): NDArray<"float32"> {
  const points = new Float32Array(2 * rows * columns);
  for (let i = 0; i < rows * columns; i++) {
    points[2 * i] = (((i % columns) + 0.5) / columns) * 2 * RANGE - RANGE;
    points[2 * i + 1] = RANGE - ((Math.floor(i / columns) + 0.5) / rows) * 2 * RANGE;
  }
  return probabilities(model, new NDArray(points, [rows * columns, 2]));
}

/** The regions of the classes as text, one symbol a class. */
export function regionsText(model: MLP, rows: number, columns: number): string {
  const found = grid(model, rows, columns);
  const lines = Array.from({ length: rows }, (_, row) =>
    Array.from({ length: columns }, (_, column) => {
      const scores = classScores(found, row * columns + column);
      return SYMBOLS[scores.indexOf(Math.max(...scores))];
    }).join(""),
  );
  return lines.join("\n");
}

function classScores(found: NDArray<"float32">, cell: number): number[] {
  return [...found.data.subarray(CLASSES * cell, CLASSES * (cell + 1))];
}

/** The decision boundary under the points it was learned from, and the loss below, as an SVG file. */
export function boundarySvg({ model, train, losses }: Training): string {
  const cell = SIZE / CELLS;
  const found = grid(model, CELLS, CELLS);
  const rectangles: string[] = [];
  for (let row = 0; row < CELLS; row++) {
    let start = 0;
    for (let column = 1; column <= CELLS; column++) {
      const first = cellColor(classScores(found, row * CELLS + start));
      if (column < CELLS && cellColor(classScores(found, row * CELLS + column)) === first) continue;
      rectangles.push(
        `<rect x="${start * cell}" y="${row * cell}" width="${(column - start) * cell}" height="${cell}" fill="${first}"/>`,
      );
      start = column;
    }
  }
  const chart = lineChart([{ points: losses.map((loss, i) => [i + 1, loss]), color: "#1857b8" }], {
    xLabel: "step",
    yMin: 0,
    yMax: Math.max(...losses),
  });
  const placed = chart.replace(
    "<svg ",
    `<svg x="0" y="${SIZE + 16}" width="${SIZE}" height="195" `,
  );
  const lines = [
    `<g shape-rendering="crispEdges">${rectangles.join("\n")}</g>`,
    ...circles(train),
    placed,
  ];
  return svgFile(
    `<svg viewBox="0 0 ${SIZE} ${SIZE + 216}" role="img">\n${lines.join("\n")}\n</svg>`,
  );
}

/** The mixture of the class colours, pale. */
function cellColor(scores: readonly number[]): string {
  const channels = [0, 1, 2].map((channel) => {
    const mixed = scores.reduce((sum, score, i) => sum + score * COLORS[i][channel], 0);
    const level = Math.round((mixed / 255) * LEVELS) / LEVELS;
    return Math.round(255 * (0.45 + 0.55 * level));
  });
  return `rgb(${channels.join(",")})`;
}

function circles({ points, labels }: Points): string[] {
  const place = (value: number): string => (((value + RANGE) / (2 * RANGE)) * SIZE).toFixed(1);
  return Array.from(labels.data, (label, i) => {
    const [x, y] = [points.data[2 * i], points.data[2 * i + 1]];
    return `<circle cx="${place(x)}" cy="${place(-y)}" r="3" fill="rgb(${COLORS[label].join(",")})" stroke="#fff" stroke-width="0.8"/>`;
  });
}
