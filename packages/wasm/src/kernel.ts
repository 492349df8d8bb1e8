import { simdSupported, wasmEnabled } from "./engine.ts";
import { fusedSupported } from "./fused.ts";
import { ModuleBuilder } from "./module-builder.ts";
import { scratch, scratchEpoch } from "./scratch.ts";
import { webAssembly } from "./web-assembly.ts";

/**
 * Defines a group of WebAssembly functions over the {@link scratch} memory, compiled at the first use.
 *
 * Nothing runs until the returned function is called. It gives undefined, every time it cannot give the
 * functions: when WebAssembly or SIMD is missing, when a Content Security Policy forbids compiling, when no
 * memory can be reserved, and while {@link setWasmEnabled} has switched kernels off. The caller then takes
 * its plain JavaScript path.
 *
 * @param build - Adds the functions to a module that already imports the scratch memory.
 * @returns A function that gives the exported functions by name, or undefined. `E` is their type:
 *   i32, f32 and f64 are numbers, i64 is bigint, and addresses are byte offsets.
 *
 * @example
 * ```ts
 * import { defineKernel, f64, scratch } from "@flaxen/wasm";
 *
 * const kernel = defineKernel<{ hypotenuse(at: number): number }>((module) => {
 *   module.function("hypotenuse", { at: "i32" }, "f64", (f, { at }) => {
 *     const x = f.let(f64.load(at));
 *     const y = f.let(f64.load(at, 8));
 *     f.return(f64.sqrt(f64.add(f64.mul(x, x), f64.mul(y, y))));
 *   });
 * });
 * const functions = kernel();
 * const memory = scratch();
 * if (functions && memory) {
 *   const at = memory.allocate(16);
 *   memory.f64.set([3, 4], at / 8);
 *   functions.hypotenuse(at); // => 5
 *   memory.release(at);
 * }
 * ```
 */
export function defineKernel<E extends object>(
  build: (module: ModuleBuilder) => void,
): () => E | undefined {
  let functions: E | null | undefined;
  let epoch = 0;
  return () => {
    if (!wasmEnabled()) return undefined;
    if (functions === undefined || epoch !== scratchEpoch()) {
      functions = compile<E>(build);
      epoch = scratchEpoch();
    }
    return functions ?? undefined;
  };
}

function compile<E extends object>(build: (module: ModuleBuilder) => void): E | null {
  const bytes = emitKernel(build);
  return bytes === undefined ? null : (loadKernel<E>(bytes) ?? null);
}

/**
 * Emits a module over the {@link scratch} memory, as {@link defineKernel} does, without compiling it: other threads
 * that share the memory can {@link loadKernel load} it.
 *
 * @param build - Adds the functions to a module that already imports the scratch memory.
 * @returns The bytes of the module; undefined where WebAssembly or SIMD is missing or no memory can be reserved.
 *
 * @example
 * ```ts
 * import { emitKernel, loadKernel } from "@flaxen/wasm";
 *
 * const bytes = emitKernel((module) => {
 *   module.function("seven", {}, "i32", (f) => f.return(7));
 * });
 * const functions = bytes && loadKernel<{ seven(): number }>(bytes);
 * functions?.seven(); // => 7
 * ```
 */
export function emitKernel(build: (module: ModuleBuilder) => void): Uint8Array | undefined {
  const memory = webAssembly() && simdSupported() ? scratch() : undefined;
  if (!memory) return undefined;
  const module = new ModuleBuilder({ fused: fusedSupported() });
  const { buffer } = memory.memory;
  // A shared memory must be declared with its size.
  const shared = buffer instanceof ArrayBuffer ? undefined : buffer.byteLength / 65536;
  module.importMemory("scratch", "memory", 0, shared);
  build(module);
  return module.emit();
}

/**
 * Compiles a module of {@link emitKernel} over the {@link scratch} memory.
 *
 * @param bytes - The module.
 * @returns The exported functions by name; undefined where this engine compiles nothing.
 * @throws {@link Error} if the module is not valid.
 *
 * @example
 * ```ts
 * import { loadKernel } from "@flaxen/wasm";
 *
 * loadKernel(new Uint8Array(3)); // throws Error: defineKernel: build must write a valid module, got one that does not validate.
 * ```
 */
export function loadKernel<E extends object>(bytes: Uint8Array): E | undefined {
  const engine = webAssembly();
  const memory = scratch();
  if (!engine || !memory) return undefined;
  try {
    const compiled = new engine.Module(bytes);
    const imports = { scratch: { memory: memory.memory } };
    return new engine.Instance(compiled, imports).exports as E;
  } catch {
    // A module that this engine would never accept is a mistake in `build`, not a reason to fall back.
    if (engine.validate(bytes)) return undefined;
  }
  throw new Error("defineKernel: build must write a valid module, got one that does not validate.");
}
