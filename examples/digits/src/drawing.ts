import type { Digits } from "./data.ts";

const SHADES = "  ░░▒▒▓▓██";
const COLUMNS = 5;
const GAP = "   ";

/** The first `count` digits as text, five in a row, each above its prediction and its true label. */
export function drawDigits(
  { images, labels }: Digits,
  predictions: ArrayLike<number>,
  count: number,
): string {
  const cells = Array.from({ length: count }, (_, n) => [
    ...Array.from({ length: 8 }, (_, row) =>
      Array.from({ length: 8 }, (_, column) => shade(images.get(n, row, column, 0))).join(""),
    ),
    caption(predictions[n], labels.get(n)),
  ]);
  const rows: string[] = [];
  for (let first = 0; first < count; first += COLUMNS) {
    const group = cells.slice(first, first + COLUMNS);
    for (let line = 0; line < 9; line++)
      rows.push(
        group
          .map((cell) => cell[line])
          .join(GAP)
          .trimEnd(),
      );
    rows.push("");
  }
  return rows.join("\n");
}

/** Two characters per pixel, since a terminal cell is twice as high as wide. */
function shade(value: number): string {
  const level = Math.min(4, Math.floor(value * 5));
  return SHADES.slice(2 * level, 2 * level + 2);
}

function caption(prediction: number, truth: number): string {
  const verdict = prediction === truth ? `is ${truth}` : `is ${truth}, wrong`;
  return `said ${prediction}, ${verdict}`.padEnd(16);
}
