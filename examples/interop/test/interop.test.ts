import { existsSync, readFileSync, mkdtempSync, rmSync } from "node:fs";
import { spawnSync } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import test from "ava";
import { nnx, safetensors, slice } from "flaxen";
import type { NDArray } from "flaxen";
import { SIZE, colorsText, picturesSvg, yinAndYang } from "@flaxen/example-interop/picture";
import { load, optimizerFile, trainStep } from "@flaxen/example-interop/training";

/** What Flax has computed with the files, see python/painter.py. */
interface Expected {
  /** Colours of every fourth point of the first two rows. */
  readonly output: readonly number[];
  /** Of the next ten steps. */
  readonly losses: readonly number[];
}

const file = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const expected = JSON.parse(readFileSync(file("data/expected.json"), "utf8")) as Record<
  "fromFlax" | "fromFlaxen",
  Expected
>;
const picture = yinAndYang();

const agrees = test.macro((t, name: string, { output, losses }: Expected) => {
  const training = load(file(`data/${name}`));
  const points = slice(picture.points, [0, 0], [2 * SIZE, 2]) as NDArray;
  const found = training.model.forward(points) as NDArray<"float32">;
  output.forEach((value, i) => {
    const color = found.get(4 * Math.floor(i / 3), i % 3);
    t.true(Math.abs(color - value) < 1e-5, `${i}: ${color} instead of ${value}`);
  });
  losses.forEach((value, i) => {
    const loss = trainStep(training, picture);
    t.true(Math.abs(loss / value - 1) < 1e-4, `step ${i + 1}: ${loss} instead of ${value}`);
  });
});

test(
  "a training that Flax has begun gives the colours of Flax and goes on with its losses",
  agrees,
  "from-flax.safetensors",
  expected.fromFlax,
);

test(
  "a training that flaxen has written gives the same colours and losses here and in Flax",
  agrees,
  "from-flaxen.safetensors",
  expected.fromFlaxen,
);

test("what is loaded and saved again is the file that Flax has read, byte for byte", (t) => {
  const path = file("data/from-flaxen.safetensors");
  const { model, optimizer } = load(path);
  t.deepEqual(Buffer.from(nnx.saveSafetensors(model)), readFileSync(path));
  t.deepEqual(Buffer.from(nnx.saveSafetensors(optimizer)), readFileSync(optimizerFile(path)));
});

test("the files of both have the same names and types", (t) => {
  for (const name of [(path: string) => path, optimizerFile]) {
    const [flax, flaxen] = ["flax", "flaxen"].map((from) =>
      safetensors.decode(readFileSync(name(file(`data/from-${from}.safetensors`)))),
    );
    t.deepEqual([...flax.tensors.keys()].toSorted(), [...flaxen.tensors.keys()].toSorted());
    t.deepEqual(JSON.parse(flax.metadata["types"]), JSON.parse(flaxen.metadata["types"]));
  }
});

test("colorsText(colors) draws every second row", (t) => {
  const lines = colorsText(picture.colors).split("\n");
  t.is(lines.length, SIZE / 2);
  t.true(lines.every((line) => line.length === SIZE));
  t.regex(lines[8], /^░+ +█+░+$/);
});

test("picturesSvg(pictures, losses) draws every point, and asks for nothing", (t) => {
  const { colors } = picture;
  const svg = picturesSvg(
    [
      { name: "a", colors },
      { name: "b", colors },
    ],
    [0.1, 0.01],
  );
  t.is(svg.match(/<rect /g)?.length, 2 * SIZE * SIZE);
  t.is(svg.match(/<polyline /g)?.length, 1);
  t.notRegex(svg, /NaN|undefined|href/);
});

// Only where there is a Python with Flax: FLAX_PYTHON names it.
const python = process.env["FLAX_PYTHON"];
const flaxTest = python === undefined ? test.skip : test;

flaxTest("flax_states.py saves what it loads, byte for byte, and says what does not fit", (t) => {
  const folder = mkdtempSync(join(tmpdir(), "interop-"));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const code = `
import sys
sys.path.insert(0, ${JSON.stringify(file("python"))})
from flax import nnx
from flax_states import load, save
from painter import DATA, Painter, start
model, optimizer = start()
load(model, DATA / "from-flax.safetensors")
load(optimizer, DATA / "from-flax.optimizer.safetensors")
save(model, ${JSON.stringify(join(folder, "a.safetensors"))})
save(optimizer, ${JSON.stringify(join(folder, "a.optimizer.safetensors"))})
try:
    load(nnx.Linear(2, 3, rngs=nnx.Rngs(0)), DATA / "from-flax.safetensors")
except ValueError as error:
    print(error)
`;
  const { status, stdout, stderr } = spawnSync(python!, ["-c", code], { encoding: "utf8" });
  t.is(status, 0, stderr);
  t.regex(
    stdout,
    /does not fit: .*kernel is missing in the file.*layers\.0\.bias is not in the object/,
  );
  for (const name of [(path: string) => path, optimizerFile]) {
    const written = name(join(folder, "a.safetensors"));
    t.true(existsSync(written));
    t.deepEqual(readFileSync(written), readFileSync(name(file("data/from-flax.safetensors"))));
  }
});
