import { lineChart, svg } from "@flaxen/example-kit/chart";
import type { Point } from "@flaxen/example-kit/chart";
import type { History } from "./history.ts";
import { percent } from "./progress.ts";

const TRAIN = "#b05a00";
const TEST = "#1857b8";

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
  svg { width: 100%; height: auto; max-width: 40rem; }
  .key-train { color: ${TRAIN}; } .key-test { color: ${TEST}; }
</style>
<h1>Digits: ${percent(final).trim()} of the test images right</h1>
<p>${history.losses.length} train steps in ${history.testAccuracy.length} epochs.</p>
<h2>Loss</h2>
${lineChart([{ points: steps, color: TRAIN }], {
  xLabel: "epoch",
  yMin: 0,
  yMax: Math.max(...history.losses, 0.1),
})}
<h2>Accuracy</h2>
<p><span class="key-test">test</span>, <span class="key-train">train</span></p>
${lineChart(
  [
    { points: epochs(history.trainAccuracy), color: TRAIN },
    { points: epochs(history.testAccuracy), color: TEST, width: 2 },
  ],
  { xLabel: "epoch", yMin: Math.floor(10 * Math.min(...accuracies, 0.9)) / 10, yMax: 1 },
)}
<h2>Confusion matrix</h2>
<p>Rows are the true digits, columns the predictions.</p>
${matrix(confusion)}
</html>
`;
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
        `<text${share > 0.5 ? ' fill="#fff"' : ""} x="${left + cell / 2 - 1}" y="${top + cell / 2 + 3}" text-anchor="middle">${count || ""}</text>`
      );
    });
  });
  return svg(size, size, [...labels, ...cells]);
}
