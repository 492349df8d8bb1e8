import test from "ava";
import {
  defineKernel,
  emitKernel,
  loadKernel,
  scratch,
  simdSupported,
  wasmSupported,
} from "@flaxen/wasm";
import { realm } from "./compiled.ts";

// A file of its own, because the engine is asked once per process.
test("everything answers no where WebAssembly is missing", (t) => {
  delete realm.WebAssembly;
  t.false(wasmSupported());
  t.false(simdSupported());
  t.is(scratch(), undefined);
  const kernel = defineKernel((module) => {
    module.function("one", {}, "i32", (f) => f.return(1));
  });
  t.is(kernel(), undefined);
  t.is(
    emitKernel(() => {}),
    undefined,
  );
  t.is(loadKernel(new Uint8Array()), undefined);
});
