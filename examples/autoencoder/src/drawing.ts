import type { Digits } from "@flaxen/example-digits/data";
import { lineChart, smoothed, svg, svgFile } from "@flaxen/example-kit/chart";
import { add, linspace, multiply, reshape, slice, subtract } from "flaxen";
import type { NDArray, Tensor } from "flaxen";
import type { Autoencoder } from "./autoencoder.ts";

const SHADES = "  ░░▒▒▓▓██";
const COLUMNS = 10;
const PIXEL = 5;
const CELL = 8 * PIXEL + 8;
const LEFT = 90;

/** The first of each digit from 0 to 9. */
export function oneOfEach({ images, labels }: Digits): NDArray {
  const rows = Array.from({ length: 10 }, (_, digit) => labels.data.indexOf(digit));
  const pixels = new Float32Array(10 * 64);
  rows.forEach((row, i) => pixels.set(images.data.subarray(64 * row, 64 * (row + 1)), 64 * i));
  return reshape(pixels, [10, 8, 8, 1]) as NDArray;
}

/** From the first image to the second in `COLUMNS` steps of equal length between their codes. */
export function morph(model: Autoencoder, images: NDArray, from: number, to: number): NDArray {
  const code = (row: number): Tensor =>
    model.encode(slice(images, [row, 0, 0, 0], [row + 1, 8, 8, 1]));
  const [start, end] = [code(from), code(to)];
  const steps = reshape(linspace(0, 1, COLUMNS), [COLUMNS, 1]);
  return model.decode(add(start, multiply(steps, subtract(end, start)))) as NDArray;
}

/** The first `count` images above what came back of them, as text. */
export function drawText(images: NDArray, returned: NDArray, count: number): string {
  const lines = (pictures: NDArray): string[] =>
    Array.from({ length: 8 }, (_, row) =>
      Array.from({ length: count }, (_, n) =>
        Array.from({ length: 8 }, (_, column) =>
          shade(pictures.get(n, row, column, 0) as number),
        ).join(""),
      ).join("   "),
    );
  return [...lines(images), "", ...lines(returned)].map((line) => line.trimEnd()).join("\n");
}

/** Two characters per pixel, since a terminal cell is twice as high as wide. */
function shade(value: number): string {
  const level = Math.min(4, Math.floor(value * 5));
  return SHADES.slice(2 * level, 2 * level + 2);
}

/** A row of images with a name. */
export interface Strip {
  readonly name: string;
  /** Up to ten images `[n, 8, 8, 1]`. */
  readonly images: NDArray;
}

/** Rows of images and the loss below, as an SVG file. */
export function pictureSvg(strips: readonly Strip[], losses: readonly number[]): string {
  const width = LEFT + COLUMNS * CELL;
  const height = strips.length * CELL + 16;
  const rows = strips.flatMap(({ name, images }, row) => [
    `<text x="0" y="${row * CELL + CELL / 2}">${name}</text>`,
    ...Array.from({ length: images.shape[0] }, (_, n) =>
      pixels(images, n, LEFT + n * CELL, row * CELL),
    ),
  ]);
  const points = smoothed(losses, 10).map((y, i): [number, number] => [i + 1, y]);
  const chart = lineChart([{ points, color: "#1857b8", width: 2 }], {
    xLabel: "step",
    yMin: 0,
    yMax: Math.max(...losses),
  });
  const placed = chart.replace("<svg ", `<svg x="0" y="${height}" width="${width}" height="230" `);
  return svgFile(svg(width, height + 230, [...rows, placed]));
}

function pixels(images: NDArray, n: number, left: number, top: number): string {
  const squares = Array.from({ length: 64 }, (_, i) => {
    const [row, column] = [Math.floor(i / 8), i % 8];
    const ink = Math.round(255 * (1 - (images.get(n, row, column, 0) as number)));
    return `<rect x="${left + column * PIXEL}" y="${top + row * PIXEL}" width="${PIXEL}" height="${PIXEL}" fill="rgb(${ink},${ink},${ink})"/>`;
  });
  return `<g shape-rendering="crispEdges">${squares.join("")}</g>`;
}
