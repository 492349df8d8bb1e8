import { exp32, log1p32 } from "@flaxen/dtype";
import { f32x4, f32x4Exp, f32x4Log1p, f64x2, i32x4, v128 } from "@flaxen/wasm";
import { greater } from "./comparison.ts";
import { multiply, subtract } from "./elementwise-binary.ts";
import { fused } from "./fused.ts";
import { double, eachPart, floatLanes, sameLanes, single, word } from "./lanes.ts";
import { where } from "./selection.ts";
import { sigmoid } from "./activations.ts";
import { likeOperand, mapFloat, mapNumber } from "./unary-kernels.ts";
import type { PlainPrimitive } from "./unary-kernels.ts";

const NOT_A_NUMBER = 0x7f800000;

const wherePositive = /* @__PURE__ */ fused(
  "relu",
  (x, ct, zero) => where(greater(x, zero), ct, zero),
  3,
);

/** `max(x, 0)`; the derivative at 0 is 0. */
export const reluPrimitive: PlainPrimitive = {
  name: "relu",
  abstractEval: likeOperand,
  evaluate: ([x], _, out) =>
    mapNumber(
      x,
      out,
      // On random signs a branch per element is mispredicted half of the time; the sign bit is a mask.
      (a, o) => {
        const bits = new Int32Array(a.buffer, a.byteOffset, a.length);
        const to = new Int32Array(o.buffer, o.byteOffset, o.length);
        for (let i = 0; i < bits.length; i++) {
          const word = bits[i];
          to[i] = (word & 0x7fffffff) > NOT_A_NUMBER ? word : word & ~(word >> 31);
        }
      },
      (a, o) => {
        for (let i = 0; i < a.length; i++) o[i] = a[i] <= 0 ? 0 : a[i];
      },
      (a, o) => {
        for (let i = 0; i < a.length; i++) o[i] = a[i] > 0 ? a[i] : 0;
      },
    ),
  lanes: {
    cost: 2,
    float32: (f, x) => eachPart(f, x, (y) => v128.andnot(y, f32x4.le(y, single(f, 0)))),
    float64: (f, x) => eachPart(f, x, (y) => v128.andnot(y, f64x2.le(y, double(f, 0)))),
    int32: (f, x) => eachPart(f, x, (y) => i32x4.maxS(y, word(f, 0))),
    uint32: sameLanes,
  },
  vjp: (ct, { inputs: [x] }) => [wherePositive(x, ct, 0)],
};

/** `1 / (1 + e^-x)`. */
export const sigmoidPrimitive: PlainPrimitive = {
  name: "sigmoid",
  abstractEval: likeOperand,
  evaluate: ([x], _, out) =>
    mapFloat(
      x,
      out,
      (a, o) => {
        for (let i = 0; i < a.length; i++) o[i] = 1 / Math.fround(1 + exp32(-a[i]));
      },
      (a, o) => {
        for (let i = 0; i < a.length; i++) o[i] = 1 / (1 + Math.exp(-a[i]));
      },
    ),
  lanes: {
    cost: 45,
    float32: (f, [x]) => {
      const one = single(f, 1);
      const power = floatLanes(f32x4Exp(f, eachPart(f, [x], f32x4.neg).parts));
      return eachPart(f, [power], (y) => f32x4.div(one, f32x4.add(one, y)));
    },
  },
  vjp: (ct, { output }) => [multiply(multiply(ct, output), subtract(1, output))],
};

/** `log(1 + e^x)` as `max(x, 0) + log1p(e^-|x|)`, which does not overflow. */
export const softplusPrimitive: PlainPrimitive = {
  name: "softplus",
  abstractEval: likeOperand,
  evaluate: ([x], _, out) =>
    mapFloat(
      x,
      out,
      (a, o) => {
        for (let i = 0; i < a.length; i++) {
          o[i] = Math.max(a[i], 0) + log1p32(exp32(-Math.abs(a[i])));
        }
      },
      (a, o) => {
        for (let i = 0; i < a.length; i++) {
          o[i] = Math.max(a[i], 0) + Math.log1p(Math.exp(-Math.abs(a[i])));
        }
      },
    ),
  lanes: {
    cost: 140,
    float32: (f, [x]) => {
      const zero = single(f, 0);
      const power = f32x4Exp(f, eachPart(f, [x], (y) => f32x4.neg(f32x4.abs(y))).parts);
      const rest = floatLanes(f32x4Log1p(f, power));
      return eachPart(f, [x, rest], (y, z) => f32x4.add(f32x4.max(y, zero), z));
    },
  },
  vjp: (ct, { inputs: [x] }) => [multiply(ct, sigmoid(x))],
};
