import test from "ava";
import fc from "fast-check";
import { callFunction, f32, FunctionBuilder, i32, i64, ModuleBuilder } from "@flaxen/wasm";
import type { Label, Local } from "@flaxen/wasm";
import { compiled, engine } from "./compiled.ts";

test("emit() encodes the smallest module as eight bytes", (t) => {
  t.deepEqual([...new ModuleBuilder().emit()], [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);
});

test("emit() encodes an addition byte for byte", (t) => {
  const module = new ModuleBuilder();
  module.function("add", { a: "i32", b: "i32" }, "i32", (f, { a, b }) => f.return(i32.add(a, b)));
  t.deepEqual(
    [...module.emit()],
    [
      [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
      [1, 7, 1, 0x60, 2, 0x7f, 0x7f, 1, 0x7f],
      [3, 2, 1, 0],
      [7, 7, 1, 3, 0x61, 0x64, 0x64, 0, 0],
      [10, 10, 1, 8, 0, 0x20, 0, 0x20, 1, 0x6a, 0x0f, 0x0b],
    ].flat(),
  );
});

test("emit() shares equal function types and leaves internal functions out of the exports", (t) => {
  const module = new ModuleBuilder();
  for (const [name, exported] of [
    ["first", true],
    ["second", false],
  ] as const) {
    module.function(name, { x: "f64" }, "f64", (f, { x }) => f.return(x), { exported });
  }
  const code = new engine.Module(module.emit());
  t.deepEqual(engine.Module.exports(code), [{ name: "first", kind: "function" }]);
  t.is(module.emit()[10], 1);
});

test("block, loop, branch and branchIf run Euclid's algorithm", (t) => {
  const { call } = compiled<{ gcd(a: number, b: number): number }>((module) => {
    module.function("gcd", { a: "i32", b: "i32" }, "i32", (f, { a, b }) => {
      f.block((done) => {
        f.loop((again) => {
          f.branchIf(done, i32.eqz(b));
          const rest = f.let(i32.remU(a, b));
          f.set(a, b);
          f.set(b, rest);
          f.branch(again);
        });
      });
      f.return(a);
    });
  });
  const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b));
  fc.assert(
    fc.property(fc.nat(), fc.nat(), (a, b) => call.gcd(a, b) === gcd(a, b)),
    { seed: 20243 },
  );
  t.pass();
});

test("branch(label) leaves several constructs at once", (t) => {
  const { call } = compiled<{ find(product: number): number }>((module) => {
    module.function("find", { product: "i32" }, "i32", (f, { product }) => {
      const a = f.local("i32");
      const b = f.local("i32");
      f.block((found) => {
        f.for(a, 2, 10, 1, () => {
          f.for(b, 2, 10, 1, () => {
            f.if(i32.eq(i32.mul(a, b), product), () => f.branch(found));
          });
        });
        f.return(-1);
      });
      f.return(i32.add(i32.mul(a, 10), b));
    });
  });
  t.is(call.find(35), 57);
  t.is(call.find(11), -1);
});

test("if, while and for take the branches of their conditions", (t) => {
  const { call } = compiled<{
    sign(x: number): number;
    sumBelow(n: number): number;
    log2(x: number): number;
  }>((module) => {
    module.function("sign", { x: "i32" }, "i32", (f, { x }) => {
      const sign = f.local("i32");
      f.if(
        i32.gtS(x, 0),
        () => f.set(sign, 1),
        () => f.if(i32.ltS(x, 0), () => f.set(sign, -1)),
      );
      f.return(sign);
    });
    module.function("sumBelow", { n: "i32" }, "i32", (f, { n }) => {
      const sum = f.local("i32");
      const i = f.local("i32");
      f.for(i, 0, n, 3, () => f.set(sum, i32.add(sum, i)));
      f.return(sum);
    });
    module.function("log2", { x: "i32" }, "i32", (f, { x }) => {
      const count = f.local("i32");
      f.while(i32.gtU(x, 1), () => {
        f.set(count, i32.add(count, 1));
        f.set(x, i32.shrU(x, 1));
      });
      f.return(count);
    });
  });
  t.deepEqual([call.sign(7), call.sign(0), call.sign(-7)], [1, 0, -1]);
  t.deepEqual(
    [call.sumBelow(0), call.sumBelow(1), call.sumBelow(10), call.sumBelow(-5)],
    [0, 0, 18, 0],
  );
  t.deepEqual([call.log2(0), call.log2(1), call.log2(1024)], [0, 0, 10]);
});

test("callFunction and call reach other functions of the module", (t) => {
  const { call, memory } = compiled<{ hypotenuse(a: number, b: number): number }>((module) => {
    const square = module.function(
      "square",
      { x: "f32" },
      "f32",
      (f, { x }) => f.return(f32.mul(x, x)),
      { exported: false },
    );
    const log = module.function("log", { x: "f32" }, undefined, (f, { x }) => f.store(0, x));
    module.function("hypotenuse", { a: "f32", b: "f32" }, "f32", (f, { a, b }) => {
      f.call(square, a);
      const sum = f.let(f32.add(callFunction(square, a), callFunction(square, b)));
      f.call(log, sum);
      f.return(f32.sqrt(sum));
    });
  });
  t.is(call.hypotenuse(3, 4), 5);
  t.is(new Float32Array(memory)[0], 25);
});

test("tee(local, value) assigns where it is used", (t) => {
  const { call } = compiled<{ twice(x: bigint): bigint }>((module) => {
    module.function("twice", { x: "i64" }, "i64", (f, { x }) => {
      const y = f.local("i64");
      f.return(i64.add(f.tee(y, i64.mul(x, 3n)), y));
    });
  });
  t.is(call.twice(7n), 42n);
});

test("copy and fill move bytes; unreachable traps", (t) => {
  const { call, memory } = compiled<{ move(): void; trap(): void }>((module) => {
    module.function("move", {}, undefined, (f) => {
      f.fill(0, 7, 4);
      f.copy(2, 0, 4);
    });
    module.function("trap", {}, "i32", (f) => f.unreachable());
  });
  call.move();
  t.deepEqual([...new Uint8Array(memory, 0, 8)], [7, 7, 7, 7, 7, 7, 0, 0]);
  t.throws(() => call.trap(), { instanceOf: engine.RuntimeError });
});

test("a function may have more than 127 locals and a body of more than 16 kB", (t) => {
  const { call } = compiled<{ sum(): number }>((module) => {
    module.function("sum", {}, "i32", (f) => {
      const locals = Array.from({ length: 300 }, () => f.local("i32"));
      locals.forEach((local, i) => f.set(local, i));
      const sum = f.local("i32");
      for (let round = 0; round < 10; round++) {
        for (const local of locals) f.set(sum, i32.add(sum, local));
      }
      f.return(sum);
    });
  });
  t.is(call.sum(), 10 * ((299 * 300) / 2));
});

const build = (body: (f: FunctionBuilder, x: Local<"i32">) => void): void => {
  new ModuleBuilder().function("f", { x: "i32" }, undefined, (f, { x }) => body(f, x));
};

test("FunctionBuilder throws TypeError on values of another type", (t) => {
  t.throws(() => build((f, x) => f.set(x, f32.const(1) as never)), {
    instanceOf: TypeError,
    message: "FunctionBuilder.set: value must be an expression of type i32, got f32.",
  });
  t.throws(() => build((f, x) => f.tee(x, f32.const(1) as never)), {
    instanceOf: TypeError,
    message: "FunctionBuilder.tee: value must be an expression of type i32, got f32.",
  });
  t.throws(() => build((f) => f.store(0, 1 as never)), {
    instanceOf: TypeError,
    message: "FunctionBuilder.store: value must be an expression, got 1.",
  });
  t.throws(() => build((f) => f.store8(0, f32.const(0) as never)), {
    instanceOf: TypeError,
    message: "FunctionBuilder.store8: value must be an expression of type i32, got f32.",
  });
  t.throws(() => build((f) => f.if(f32.const(0) as never, () => {})), {
    instanceOf: TypeError,
    message: "FunctionBuilder.if: condition must be an expression of type i32, got f32.",
  });
  t.throws(() => build((f, x) => f.return(x)), {
    instanceOf: TypeError,
    message:
      "FunctionBuilder.return: value must be absent in a function without a result, got one.",
  });
  t.throws(() => new ModuleBuilder().function("f", {}, "f64", (f) => f.return(f32.const(1))), {
    instanceOf: TypeError,
    message: "FunctionBuilder.return: value must be an expression of type f64, got f32.",
  });
});

test("FunctionBuilder throws RangeError on lanes and offsets out of range", (t) => {
  t.throws(() => build((f, x) => f.store32Lane(x, { type: "v128", code: [] }, 4)), {
    instanceOf: RangeError,
    message: "FunctionBuilder.store32Lane: lane must be an integer in [0, 4), got 4.",
  });
  t.throws(() => build((f, x) => f.store(0, x, 0.5)), {
    instanceOf: RangeError,
    message: "FunctionBuilder.store: offset must be an integer in [0, 2^32), got 0.5.",
  });
});

test("FunctionBuilder throws Error on labels and locals of elsewhere", (t) => {
  t.throws(
    () =>
      build((f) => {
        let left: Label | undefined;
        f.block((label) => (left = label));
        f.branch(left!);
      }),
    {
      instanceOf: Error,
      message: "FunctionBuilder.branch: label must belong to a construct that is still open.",
    },
  );
  let foreign: Local<"i32"> | undefined;
  build((_, x) => (foreign = x));
  t.throws(() => build((f) => f.set(foreign!, 0)), {
    instanceOf: Error,
    message: "FunctionBuilder.set: variable must belong to the function that uses it.",
  });
  t.throws(() => build((f, x) => f.set(x, foreign!)), {
    instanceOf: Error,
    message:
      'FunctionBuilder: a local must be read in the function that declared it, got one of another function in "f".',
  });
});

test("calls throw on a wrong number or type of operands and on a missing result", (t) => {
  const module = new ModuleBuilder();
  const store = module.function("keep", { x: "i32" }, undefined, (f, { x }) => f.set(x, x));
  t.throws(() => build((f) => f.call(store)), {
    instanceOf: RangeError,
    message: "keep: operands must be 1 in number, got 0.",
  });
  t.throws(() => build((f) => f.call(store, f32.const(1) as never)), {
    instanceOf: TypeError,
    message: "keep: x must be an expression of type i32, got f32.",
  });
  t.throws(() => callFunction(store as never, 1), {
    instanceOf: TypeError,
    message: 'callFunction: callee must have a result, got "keep", which has none.',
  });
});

test("ModuleBuilder throws Error on a taken name, a second memory, and a body that does not return", (t) => {
  const module = new ModuleBuilder();
  module.importMemory("a", "b");
  module.function("f", {}, undefined, () => {});
  t.throws(() => module.function("f", {}, undefined, () => {}), {
    instanceOf: Error,
    message: 'ModuleBuilder.function: name must be unique, got "f".',
  });
  t.throws(() => module.importMemory("a", "b"), {
    instanceOf: Error,
    message: "ModuleBuilder.importMemory: the module must have one memory only, got two.",
  });
  t.throws(() => module.function("g", {}, "i32", (f) => f.if(1, () => f.return(1))), {
    instanceOf: Error,
    message: 'ModuleBuilder.function: body of "g" must end with return or unreachable.',
  });
  t.throws(() => new ModuleBuilder().importMemory("Speicher", "größe"), {
    instanceOf: RangeError,
    message: 'ModuleBuilder: name must be ASCII, got "größe".',
  });
});

test("hoist computes a value once, before the loop that it is asked for in, and equal values once", (t) => {
  const module = new ModuleBuilder();
  let locals: Local[] = [];
  module.function("powers", { x: "f32", n: "i32" }, "f32", (f, { x, n }) => {
    const result = f.local("f32");
    f.set(result, 1);
    const i = f.local("i32");
    f.for(i, 0, n, 1, () => {
      locals = [f.hoist(f32.mul(x, 2)), f.hoist(f32.mul(x, 2)), f.hoist(f32.mul(x, 3))];
      f.set(result, f32.mul(result, f32.sub(locals[2] as Local<"f32">, locals[0] as Local<"f32">)));
      f.set(x, 0);
    });
    f.return(result);
  });
  t.is(locals[0], locals[1]);
  t.not(locals[0], locals[2]);
  const { exports } = new engine.Instance(new engine.Module(module.emit()), {});
  const { powers } = exports as { powers(x: number, n: number): number };
  t.is(powers(5, 3), 125);
  t.is(powers(5, 0), 1);
});
