import test from "ava";
import { erfInv32 } from "@flaxen/dtype";
import { bitEqual } from "@flaxen/testing";
import { defineKernel, f32x4ErfInv, i32, scratch, v128 } from "@flaxen/wasm";

const kernel = defineKernel<{ erfInv(at: number, end: number): void }>((module) => {
  module.function("erfInv", { at: "i32", end: "i32" }, undefined, (f, { at, end }) => {
    f.while(i32.ltU(at, end), () => {
      f.store(at, f32x4ErfInv(f, [f.let(v128.load(at))])[0]);
      f.set(at, i32.add(at, 16));
    });
  });
});

test("f32x4ErfInv(f, xs) has the bits of erfInv32", (t) => {
  const memory = scratch();
  const functions = kernel();
  if (!memory || !functions) throw new Error("WebAssembly is missing");
  // Every 40,009th float32, and the ends of [-1, 1].
  const patterns = Uint32Array.from({ length: 107352 }, (_, i) => 40009 * i);
  const values = new Float32Array(patterns.buffer);
  values.set([1, -1, 1 - 2 ** -24, 2 ** -24 - 1, 0, -0, 2 ** -126, NaN]);
  const at = memory.allocate(4 * values.length);
  memory.f32.set(values, at / 4);
  functions.erfInv(at, at + 4 * values.length);
  const results = memory.f32.slice(at / 4, at / 4 + values.length);
  memory.release(at);
  bitEqual(t, results, values.map(erfInv32));
});
