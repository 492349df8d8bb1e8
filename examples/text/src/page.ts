import { lineChart, smoothed } from "@flaxen/example-kit/chart";

/** What the model wrote after some steps. */
export interface Sample {
  readonly step: number;
  readonly text: string;
}

/** A self-contained HTML page: the loss curve and the samples. */
export function pageHtml(losses: readonly number[], samples: readonly Sample[]): string {
  const points = (values: readonly number[]): [number, number][] =>
    values.map((y, i) => [i + 1, y]);
  const chart = lineChart(
    [
      { points: points(losses), color: "#b9cdec" },
      { points: points(smoothed(losses, 20)), color: "#1857b8", width: 2 },
    ],
    { xLabel: "step", yMin: 0, yMax: Math.max(...losses) },
  );
  const sections = samples.map(
    ({ step, text }) => `<h2>After ${step} steps</h2>\n<pre>${escapeHtml(text)}</pre>`,
  );
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Text: an LSTM learns to write</title>
<style>
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 42rem; margin: 2rem auto; padding: 0 1rem; color: #1c1c28; background: #fff; }
  svg { width: 100%; height: auto; }
  pre { font: 15px/1.5 Georgia, serif; white-space: pre-wrap; background: #f6f4ee; padding: 1rem; }
</style>
<h1>An LSTM learns to write</h1>
<p>Loss in nats a character, of each step and as the mean of 20 steps.</p>
${chart}
${sections.join("\n")}
</html>
`;
}

function escapeHtml(text: string): string {
  return text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
}
