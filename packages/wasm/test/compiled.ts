import { ModuleBuilder, v128 } from "@flaxen/wasm";
import type { Expression, ValueType } from "@flaxen/wasm";

/** The parts of the global `WebAssembly` that these tests use; no library of the compiler declares it. */
export interface Engine {
  Memory: new (limits: { initial: number; maximum: number }) => { readonly buffer: ArrayBuffer };
  Module: (new (bytes: Uint8Array) => object) & { exports(module: object): unknown };
  Instance: new (module: object, imports: object) => { readonly exports: unknown };
  RuntimeError: new (message: string) => Error;
  CompileError: new (message: string) => Error;
  validate(bytes: Uint8Array): boolean;
}

export const realm = globalThis as unknown as { WebAssembly?: Engine };

export const engine = realm.WebAssembly!;

export interface Compiled<E> {
  readonly call: E;
  readonly memory: ArrayBuffer;
}

/** Compiles functions over one page of memory of their own. */
export function compiled<E>(build: (module: ModuleBuilder) => void, fused = false): Compiled<E> {
  const module = new ModuleBuilder({ fused });
  module.importMemory("test", "memory", 1);
  build(module);
  const memory = new engine.Memory({ initial: 1, maximum: 1 });
  const code = new engine.Module(module.emit());
  const { exports } = new engine.Instance(code, { test: { memory } });
  return { call: exports as E, memory: memory.buffer };
}

export type Instruction = (...operands: never[]) => Expression;

/** One instruction as a function of scalars. */
export function scalarFunction<Argument, Result>(
  instruction: Instruction,
  types: readonly ValueType[],
): (...values: Argument[]) => Result {
  const operands = types.map((type) => ({ type, code: [] }));
  const { type } = instruction(...(operands as never[]));
  const parameters = Object.fromEntries(types.map((type, i) => [`p${i}`, type]));
  const { call } = compiled<{ run: (...values: Argument[]) => Result }>((module) => {
    module.function("run", parameters, type, (f, locals) => {
      f.return(instruction(...(Object.values(locals) as never[])));
    });
  });
  return call.run;
}

/** One instruction as a function of vectors, each given as 16 bytes; a scalar result is stored as 4 or 8 bytes. */
export function vectorFunction(
  instruction: Instruction,
  count: number,
): (...vectors: ArrayBufferView[]) => ArrayBuffer {
  const { call, memory } = compiled<{ run: (at: number) => void }>((module) => {
    module.function("run", { at: "i32" }, undefined, (f, { at }) => {
      const operands = Array.from({ length: count }, (_, i) => v128.load(at, 16 * i));
      f.store(at, instruction(...(operands as never[])), 16 * count);
    });
  });
  return (...vectors) => {
    const bytes = new Uint8Array(memory);
    vectors.forEach(({ buffer }, i) => bytes.set(new Uint8Array(buffer as ArrayBuffer), 16 * i));
    call.run(0);
    return memory.slice(16 * count, 16 * count + 16);
  };
}
