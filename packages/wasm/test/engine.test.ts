import test from "ava";
import {
  defineKernel,
  emitKernel,
  f32,
  f32x4,
  fusedSupported,
  i32,
  loadKernel,
  ModuleBuilder,
  scratch,
  setWasmEnabled,
  simdSupported,
  wasmEnabled,
  wasmSupported,
} from "@flaxen/wasm";
import { engine } from "./compiled.ts";

interface Doubling {
  double(at: number, count: number): void;
}

const defineDoubling = () =>
  defineKernel<Doubling>((module) => {
    module.function("double", { at: "i32", count: "i32" }, undefined, (f, { at, count }) => {
      const end = f.let(i32.add(at, i32.shl(count, 2)));
      f.while(i32.ltU(at, end), () => {
        f.store(at, f32.mul(f32.load(at), 2));
        f.set(at, i32.add(at, 4));
      });
    });
  });

test.afterEach(() => setWasmEnabled(true));

test("wasmSupported() and simdSupported() are true in Node", (t) => {
  t.true(wasmSupported());
  t.true(simdSupported());
});

test("fusedSupported() is what relaxedMadd of Node does", (t) => {
  const module = new ModuleBuilder();
  module.function("run", { x: "f32", c: "f32" }, "f32", (f, { x, c }) => {
    const factor = f.let(f32x4.splat(x));
    f.return(f32x4.extractLane(f32x4.relaxedMadd(factor, factor, f32x4.splat(c)), 0));
  });
  const bytes = module.emit();
  t.is(fusedSupported(), fusedSupported());
  // Engines without relaxed SIMD reject the module.
  if (!engine.validate(bytes)) return t.false(fusedSupported());
  const { exports } = new engine.Instance(new engine.Module(bytes), {});
  const { run } = exports as { run(x: number, c: number): number };
  const product = run(1 + 2 ** -12, -1 - 2 ** -11);
  t.is(product, fusedSupported() ? 2 ** -24 : 0);
});

test("defineKernel(build) builds once, at the first use", (t) => {
  let built = 0;
  const kernel = defineKernel<{ one(): number }>((module) => {
    built++;
    module.function("one", {}, "i32", (f) => f.return(1));
  });
  t.is(built, 0);
  t.is(kernel()?.one(), 1);
  t.is(kernel(), kernel());
  t.is(built, 1);
});

test("defineKernel(build) gives functions over the scratch memory", (t) => {
  const memory = scratch()!;
  const at = memory.allocate(12);
  memory.f32.set([1, 2, 3], at / 4);
  defineDoubling()()?.double(at, 3);
  t.deepEqual([...memory.f32.subarray(at / 4, at / 4 + 3)], [2, 4, 6]);
  memory.release(at);
});

test("setWasmEnabled(false) takes kernels away until it is switched on again", (t) => {
  const kernel = defineDoubling();
  t.truthy(kernel());
  setWasmEnabled(false);
  t.false(wasmEnabled());
  t.is(kernel(), undefined);
  setWasmEnabled(true);
  t.true(wasmEnabled());
  t.truthy(kernel());
});

test("setWasmEnabled(on) throws TypeError unless on is a boolean", (t) => {
  t.throws(() => setWasmEnabled(1 as never), {
    instanceOf: TypeError,
    message: "setWasmEnabled: on must be a boolean, got 1.",
  });
});

test("defineKernel(build) throws Error when build writes an invalid module", (t) => {
  const kernel = defineKernel((module) => {
    // Code that claims a value it does not leave.
    module.function("wrong", {}, "i32", (f) => f.return({ type: "i32", code: [] }));
  });
  t.throws(() => kernel(), {
    instanceOf: Error,
    message: "defineKernel: build must write a valid module, got one that does not validate.",
  });
});

test("emitKernel(build) and loadKernel(bytes) give functions over the scratch memory", (t) => {
  const bytes = emitKernel((module) => {
    module.function("load", { at: "i32" }, "i32", (f, { at }) => f.return(i32.load(at)));
  })!;
  t.true(bytes instanceof Uint8Array);
  const memory = scratch()!;
  const at = memory.allocate(4);
  memory.i32[at / 4] = 42;
  t.is(loadKernel<{ load(at: number): number }>(bytes)!.load(at), 42);
  memory.release(at);
  t.throws(() => loadKernel(bytes.slice(0, -1)), {
    instanceOf: Error,
    message: "defineKernel: build must write a valid module, got one that does not validate.",
  });
});

test("scratch() is one memory of a fixed size with views that stay valid", (t) => {
  const memory = scratch()!;
  t.is(scratch(), memory);
  t.true(memory.capacity >= 16 * 2 ** 20 - 64);
  t.is(memory.f32.buffer, memory.memory.buffer);
  t.is(memory.f32.length, memory.u8.length / 4);
});

test("allocate(bytes) and release(pointer) follow a stack of 64-byte lines", (t) => {
  const memory = scratch()!;
  const before = memory.available;
  const first = memory.allocate(1);
  const second = memory.allocate(100);
  const third = memory.allocate(0);
  t.is(first % 64, 0);
  t.is(second - first, 64);
  t.is(third - second, 128);
  t.is(memory.available, before - 192);
  memory.release(second);
  t.is(memory.allocate(8), second);
  memory.release(first);
  t.is(memory.available, before);
});

test("allocate(bytes) takes all of the memory but no more", (t) => {
  const memory = scratch()!;
  const all = memory.available;
  const pointer = memory.allocate(all);
  t.is(memory.available, 0);
  t.throws(() => memory.allocate(1), {
    instanceOf: RangeError,
    message: "Scratch.allocate: bytes must be an integer in [0, 0], got 1.",
  });
  memory.release(pointer);
  for (const bytes of [-1, 0.5, NaN, all + 1]) {
    t.throws(() => memory.allocate(bytes), {
      instanceOf: RangeError,
      message: `Scratch.allocate: bytes must be an integer in [0, ${all}], got ${bytes}.`,
    });
  }
});

test("release(pointer) throws RangeError where nothing is allocated", (t) => {
  const memory = scratch()!;
  const pointer = memory.allocate(64);
  for (const wrong of [NaN, -64, pointer + 1, pointer + 128]) {
    t.throws(() => memory.release(wrong), {
      instanceOf: RangeError,
      message: `Scratch.release: pointer must be an allocated address in [0, ${pointer + 64}], got ${wrong}.`,
    });
  }
  memory.release(pointer);
});
