// The losses of the five models here and in Flax, as a file and as the tables of docs/conformance.md.

/** One step of one run. */
export interface LossRow {
  readonly model: string;
  readonly optimizer: string;
  readonly step: number;
  readonly flaxen: number;
  readonly flax: number;
}

const HEADER = "model,optimizer,step,flaxen,flax,relative difference";
const BEGIN = "<!-- losses, written by packages/conformance/tables.mjs -->";
const END = "<!-- end of losses -->";
const SHOWN = [1, 2, 3, 5, 10, 20, 30, 40, 50];

export function relativeDifference({ flaxen, flax }: Pick<LossRow, "flaxen" | "flax">): number {
  return Math.abs(flaxen / flax - 1);
}

export function writeLosses(rows: readonly LossRow[]): string {
  const lines = rows.map((row) =>
    [
      row.model,
      row.optimizer,
      row.step,
      row.flaxen.toPrecision(9),
      row.flax.toPrecision(9),
      relativeDifference(row).toExponential(1),
    ].join(","),
  );
  return `${[HEADER, ...lines].join("\n")}\n`;
}

export function readLosses(text: string): LossRow[] {
  const [header, ...lines] = text.trim().split("\n");
  if (header !== HEADER) throw new Error(`losses begin with ${header}`);
  return lines.map((line) => {
    const [model, optimizer, step, flaxen, flax] = line.split(",");
    return { model, optimizer, step: Number(step), flaxen: Number(flaxen), flax: Number(flax) };
  });
}

/** A summary and the curves of every model, in Markdown. */
export function lossTables(rows: readonly LossRow[]): string {
  const models = [...new Set(rows.map(({ model }) => model))];
  const of = (model: string, optimizer: string): LossRow[] =>
    rows.filter((row) => row.model === model && row.optimizer === optimizer);
  const runs = models.flatMap((model) =>
    ["sgd", "adam"].map((optimizer) => {
      const run = of(model, optimizer);
      const differences = run.map(relativeDifference);
      const shown = [differences[0], differences.at(-1)!, Math.max(...differences)];
      return [model, optimizer, ...shown.map((value) => value.toExponential(1))];
    }),
  );
  const summary = markdownTable(
    ["model", "optimizer", "step 1", "step 50", "largest of 50 steps"],
    runs,
  );
  const curves = models.map((model) => {
    const [sgd, adam] = ["sgd", "adam"].map((optimizer) => of(model, optimizer));
    const lines = SHOWN.map((step) =>
      [sgd, adam].flatMap((run) => {
        const { flaxen, flax } = run[step - 1];
        return [flaxen.toPrecision(7), flax.toPrecision(7)];
      }),
    );
    const header = ["step", "sgd: flaxen", "Flax", "adam: flaxen", "Flax"];
    return `### ${model}\n\n${markdownTable(
      header,
      lines.map((line, i) => [String(SHOWN[i]), ...line]),
    )}`;
  });
  return [summary, ...curves].join("\n\n");
}

function markdownTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [line(header), line(header.map(() => "---:")), ...rows.map(line)].join("\n");
}

/** The part of the page that `tables.mjs` writes. */
export function lossSection(page: string): string {
  return parts(page)[1];
}

export function withLossSection(page: string, section: string): string {
  const [before, , after] = parts(page);
  return `${before}\n\n${section}\n\n${after}`;
}

function parts(page: string): [before: string, section: string, after: string] {
  const [begin, end] = [page.indexOf(BEGIN) + BEGIN.length, page.indexOf(END)];
  if (begin < BEGIN.length || end < begin) throw new Error("the page has no place for losses");
  return [page.slice(0, begin), page.slice(begin, end), page.slice(end)];
}
