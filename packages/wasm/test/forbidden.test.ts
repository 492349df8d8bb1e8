import test from "ava";
import { defineKernel, scratch, simdSupported, wasmSupported } from "@flaxen/wasm";
import { engine, realm } from "./compiled.ts";
import type { Engine } from "./compiled.ts";

// A file of its own, because the engine is asked once per process.

/** What a Content Security Policy without wasm-unsafe-eval does: validating works, compiling throws. */
class ForbiddenModule {
  constructor() {
    throw new engine.CompileError("Compiling is disallowed by embedder");
  }
}

const reservations: number[] = [];
class SmallMemory {
  constructor({ initial }: { initial: number }) {
    reservations.push(initial);
    if (initial > 512) throw new RangeError("could not allocate memory");
    return new engine.Memory({ initial, maximum: initial });
  }
}

test.before(() => {
  realm.WebAssembly = {
    Instance: engine.Instance,
    validate: engine.validate,
    Module: ForbiddenModule,
    Memory: SmallMemory,
  } as unknown as Engine;
});

test.serial("scratch() asks for less where the engine refuses much", (t) => {
  t.is(scratch()?.capacity, 512 * 65536 - 64);
  t.deepEqual(reservations, [4096, 2048, 1024, 512]);
});

test.serial("wasmSupported() is false where compiling is forbidden", (t) => {
  t.true(simdSupported());
  t.false(wasmSupported());
  t.false(wasmSupported());
});

test.serial("defineKernel(build) gives undefined where compiling is forbidden", (t) => {
  const kernel = defineKernel((module) => {
    module.function("one", {}, "i32", (f) => f.return(1));
  });
  t.is(kernel(), undefined);
  t.is(kernel(), undefined);
});
