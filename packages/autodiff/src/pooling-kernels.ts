import type { WindowGeometry } from "./conv-padding.ts";
import { windowTable } from "./conv-padding.ts";
import type { Floats } from "./floats.ts";

/** One pooling: `batch` images of `features` channels, channels last. */
export interface PoolingGeometry extends WindowGeometry {
  readonly batch: number;
  readonly features: number;
}

/** Writes the sum, maximum or minimum of each window to `out`; padding counts as 0, -inf or inf. */
export function poolWindows(
  operator: "add" | "max" | "min",
  x: Floats,
  out: Floats,
  geometry: PoolingGeometry,
): void {
  const { batch, features } = geometry;
  const table = windowTable(geometry);
  const { outerIn, lastIn, outerOut, lastOut, outerTaps, lastTaps, outer, last } = table;
  out.fill(operator === "add" ? 0 : operator === "max" ? -Infinity : Infinity);
  for (let row = 0; row < batch * outerOut; row++) {
    const image = Math.floor(row / outerOut);
    const outerAt = (row - image * outerOut) * outerTaps;
    for (let tap = 0; tap < outerTaps; tap++) {
      const inputRow = outer[outerAt + tap];
      if (inputRow < 0) continue;
      const source = (image * outerIn + inputRow) * lastIn;
      for (let pixel = 0; pixel < lastOut; pixel++) {
        const to = (row * lastOut + pixel) * features;
        for (let t = 0; t < lastTaps; t++) {
          const position = last[pixel * lastTaps + t];
          if (position < 0) continue;
          const from = (source + position) * features;
          if (operator === "add") {
            for (let c = 0; c < features; c++) out[to + c] += x[from + c];
          } else if (operator === "max") {
            for (let c = 0; c < features; c++) out[to + c] = Math.max(out[to + c], x[from + c]);
          } else {
            for (let c = 0; c < features; c++) out[to + c] = Math.min(out[to + c], x[from + c]);
          }
        }
      }
    }
  }
}

/** Adds each element of `gradient` to all elements of its window in `out`: the transpose of the sum. */
export function spreadWindows(gradient: Floats, out: Floats, geometry: PoolingGeometry): void {
  const { batch, features } = geometry;
  const table = windowTable(geometry);
  const { outerIn, lastIn, outerOut, lastOut, outerTaps, lastTaps, outer, last } = table;
  for (let row = 0; row < batch * outerOut; row++) {
    const image = Math.floor(row / outerOut);
    const outerAt = (row - image * outerOut) * outerTaps;
    for (let tap = 0; tap < outerTaps; tap++) {
      const inputRow = outer[outerAt + tap];
      if (inputRow < 0) continue;
      const target = (image * outerIn + inputRow) * lastIn;
      for (let pixel = 0; pixel < lastOut; pixel++) {
        const from = (row * lastOut + pixel) * features;
        for (let t = 0; t < lastTaps; t++) {
          const position = last[pixel * lastTaps + t];
          if (position < 0) continue;
          const to = (target + position) * features;
          for (let c = 0; c < features; c++) out[to + c] += gradient[from + c];
        }
      }
    }
  }
}

/**
 * For each window the element that XLA's select-and-scatter picks, and then one of
 *
 * - `"scatter"`: `to[picked] += from[window]`, the gradient of the maximum or minimum;
 * - `"gather"`: `to[window] = from[picked]`, its transpose (0 where the padding is picked).
 *
 * Elements are compared in window order, padding (-inf or inf) included, and the present one is kept
 * while `present >= next` (`<=` for the minimum). So the first of equals wins, and since NaN compares
 * false, the element after a NaN.
 */
export function movePicked(
  direction: "scatter" | "gather",
  operator: "max" | "min",
  x: Floats,
  from: Floats,
  to: Floats,
  geometry: PoolingGeometry,
): void {
  const { batch, features } = geometry;
  const table = windowTable(geometry);
  const { outerIn, lastIn, outerOut, lastOut, outerTaps, lastTaps, outer, last } = table;
  const pad = operator === "max" ? -Infinity : Infinity;
  const best = new Float64Array(features);
  const picked = new Float64Array(features);
  for (let row = 0; row < batch * outerOut; row++) {
    const image = Math.floor(row / outerOut);
    const outerAt = (row - image * outerOut) * outerTaps;
    for (let pixel = 0; pixel < lastOut; pixel++) {
      for (let tap = 0; tap < outerTaps * lastTaps; tap++) {
        const outerTap = Math.floor(tap / lastTaps);
        const inputRow = outer[outerAt + outerTap];
        const position = last[pixel * lastTaps + tap - outerTap * lastTaps];
        const inside = inputRow >= 0 && position >= 0;
        const at = inside ? ((image * outerIn + inputRow) * lastIn + position) * features : -1;
        if (tap === 0) pickAll(best, picked, x, at, pad);
        else if (inside && operator === "max") pickMaximum(best, picked, x, at);
        else if (inside) pickMinimum(best, picked, x, at);
        else skipPadding(best, picked, pad);
      }
      const window = (row * lastOut + pixel) * features;
      if (direction === "scatter") {
        for (let c = 0; c < features; c++) {
          if (picked[c] >= 0) to[picked[c]] += from[window + c];
        }
      } else {
        for (let c = 0; c < features; c++) to[window + c] = picked[c] >= 0 ? from[picked[c]] : 0;
      }
    }
  }
}

function pickAll(
  best: Float64Array,
  picked: Float64Array,
  x: Floats,
  at: number,
  pad: number,
): void {
  for (let c = 0; c < best.length; c++) {
    best[c] = at < 0 ? pad : x[at + c];
    picked[c] = at < 0 ? -1 : at + c;
  }
}

function pickMaximum(best: Float64Array, picked: Float64Array, x: Floats, at: number): void {
  for (let c = 0; c < best.length; c++) {
    const value = x[at + c];
    if (!(best[c] >= value)) {
      best[c] = value;
      picked[c] = at + c;
    }
  }
}

function pickMinimum(best: Float64Array, picked: Float64Array, x: Floats, at: number): void {
  for (let c = 0; c < best.length; c++) {
    const value = x[at + c];
    if (!(best[c] <= value)) {
      best[c] = value;
      picked[c] = at + c;
    }
  }
}

/** Padding never beats a number, but it follows a NaN. */
function skipPadding(best: Float64Array, picked: Float64Array, pad: number): void {
  for (let c = 0; c < best.length; c++) {
    if (Number.isNaN(best[c])) {
      best[c] = pad;
      picked[c] = -1;
    }
  }
}
