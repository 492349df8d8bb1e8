import test from "ava";
import { bitEqual } from "@flaxen/testing";
import { array } from "@flaxen/ndarray";
import { simdSupported, wasmSupported } from "@flaxen/wasm";
import { grad, jit, matmul, multiply, softmax, sum, tanh } from "@flaxen/autodiff";
import type { Tensor } from "@flaxen/autodiff";

// A file of its own, because the engine is asked once per process.

test("jit(f) runs in plain JavaScript where compiling is forbidden but validating works", (t) => {
  const f = (x: Tensor, w: Tensor): Tensor => sum(multiply(softmax(tanh(matmul(x, w))), [1, 2, 3]));
  const x = array(Array.from({ length: 8 }, (_, i) => [i / 4, 1, -i]));
  const w = array([
    [1, -2, 3],
    [0.5, 1, 2],
    [-1, 4, 0.25],
  ]);
  const expected = grad(f)(x, w);
  const realm = globalThis as unknown as { WebAssembly: Record<string, unknown> };
  const engine = realm.WebAssembly;
  class Module {
    constructor() {
      throw new TypeError("compiling is disallowed by the embedder");
    }
  }
  realm.WebAssembly = { ...engine, validate: engine["validate"], Memory: engine["Memory"], Module };
  // Nothing has asked whether WebAssembly may be compiled: the eager call above is too small for kernels.
  t.true(simdSupported());
  t.false(wasmSupported());
  const compiled = jit(grad(f));
  bitEqual(t, compiled(x, w), expected);
  bitEqual(t, compiled(x, w), expected);
  t.is(compiled.explain()[0].program?.loops, 0);
});
