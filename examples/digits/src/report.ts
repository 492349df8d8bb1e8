import type { History } from "./history.ts";
import { percent } from "./progress.ts";

const WIDTH = 640;
const HEIGHT = 260;
const MARGIN = { left: 56, right: 16, top: 16, bottom: 36 };

/** What the report shows. */
export interface ReportOptions {
  readonly history: History;
  readonly confusion: readonly (readonly number[])[];
  readonly stepsPerEpoch: number;
}

/** A self-contained HTML page: loss and accuracy curves and a confusion matrix, all as inline SVG. */
export function reportHtml({ history, confusion, stepsPerEpoch }: ReportOptions): string {
  const final = history.testAccuracy.at(-1) ?? 0;
  const epochs = (values: readonly number[]): Point[] => values.map((y, i) => [i + 1, y]);
  const steps = history.losses.map((y, i): Point => [(i + 1) / stepsPerEpoch, y]);
  const accuracies = [...history.trainAccuracy, ...history.testAccuracy];
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Digits: training report</title>
<style>
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 42rem; margin: 2rem auto; padding: 0 1rem; color: #1c1c28; background: #fff; }
  svg { width: 100%; height: auto; }
  svg text { font-size: 12px; fill: #555; }
  .grid { stroke: #ddd; } .train { stroke: #b05a00; fill: none; } .test { stroke: #1857b8; fill: none; stroke-width: 2; }
  .key-train { color: #b05a00; } .key-test { color: #1857b8; }
  svg .hit { fill: #fff; }
</style>
<h1>Digits: ${percent(final).trim()} of the test images right</h1>
<p>${history.losses.length} train steps in ${history.testAccuracy.length} epochs.</p>
<h2>Loss</h2>
${chart([{ name: "train", points: steps }], "epoch", Math.max(...history.losses, 0.1), 0)}
<h2>Accuracy</h2>
<p><span class="key-test">test</span>, <span class="key-train">train</span></p>
${chart(
  [
    { name: "train", points: epochs(history.trainAccuracy) },
    { name: "test", points: epochs(history.testAccuracy) },
  ],
  "epoch",
  1,
  Math.floor(10 * Math.min(...accuracies, 0.9)) / 10,
)}
<h2>Confusion matrix</h2>
<p>Rows are the true digits, columns the predictions.</p>
${matrix(confusion)}
</html>
`;
}

type Point = readonly [x: number, y: number];

interface Series {
  readonly name: string;
  readonly points: readonly Point[];
}

function chart(series: readonly Series[], xLabel: string, yMax: number, yMin: number): string {
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
        `<line class="grid" x1="${MARGIN.left}" x2="${WIDTH - MARGIN.right}" y1="${y(v).toFixed(1)}" y2="${y(v).toFixed(1)}"/>` +
        `<text x="${MARGIN.left - 8}" y="${(y(v) + 4).toFixed(1)}" text-anchor="end">${v.toFixed(2)}</text>`,
    ),
    ...xTicks.map(
      (v) => `<text x="${x(v).toFixed(1)}" y="${HEIGHT - 18}" text-anchor="middle">${v}</text>`,
    ),
    `<text x="${WIDTH / 2}" y="${HEIGHT - 2}" text-anchor="middle">${xLabel}</text>`,
    ...series.map(
      ({ name, points }) =>
        `<polyline class="${name}" points="${points.map(([px, py]) => `${x(px).toFixed(1)},${y(py).toFixed(1)}`).join(" ")}"/>`,
    ),
  ];
  return `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img">\n${lines.join("\n")}\n</svg>`;
}

function matrix(counts: readonly (readonly number[])[]): string {
  const cell = 40;
  const size = cell * (counts.length + 1);
  const labels = counts.flatMap((_, i) => [
    `<text x="${cell * (i + 1.5)}" y="26" text-anchor="middle">${i}</text>`,
    `<text x="20" y="${cell * (i + 1.5) + 4}" text-anchor="middle">${i}</text>`,
  ]);
  const cells = counts.flatMap((row, truth) => {
    const total = Math.max(
      1,
      row.reduce((a, b) => a + b, 0),
    );
    return row.map((count, prediction) => {
      const [left, top] = [cell * (prediction + 1), cell * (truth + 1)];
      const color = truth === prediction ? "24, 87, 184" : "192, 40, 40";
      const share = count / total;
      return (
        `<rect x="${left}" y="${top}" width="${cell - 2}" height="${cell - 2}" fill="rgba(${color}, ${(0.06 + 0.94 * share).toFixed(2)})"/>` +
        `<text${share > 0.5 ? ' class="hit"' : ""} x="${left + cell / 2 - 1}" y="${top + cell / 2 + 3}" text-anchor="middle">${count || ""}</text>`
      );
    });
  });
  return `<svg viewBox="0 0 ${size} ${size}" role="img" style="max-width: 30rem">\n${[...labels, ...cells].join("\n")}\n</svg>`;
}
