import { webAssembly } from "./web-assembly.ts";
import { ModuleBuilder } from "./module-builder.ts";
import { i32x4 } from "./simd.ts";

let enabled = true;
let supported: boolean | undefined;
let simd: boolean | undefined;

/**
 * Tells whether WebAssembly exists and may be compiled here; a page's Content Security Policy can forbid it.
 *
 * @returns False when the global is missing or compiling an empty module throws. The answer is found once.
 *
 * @example
 * ```ts
 * import { wasmSupported } from "@flaxen/wasm";
 *
 * typeof wasmSupported(); // => "boolean"
 * ```
 */
export function wasmSupported(): boolean {
  if (supported === undefined) {
    try {
      const engine = webAssembly();
      supported = engine !== undefined && !!new engine.Module(new ModuleBuilder().emit());
    } catch {
      supported = false;
    }
  }
  return supported;
}

/**
 * Tells whether the engine knows the 128-bit SIMD instructions, by `WebAssembly.validate`.
 *
 * @returns Whether a module with a SIMD instruction is valid. The answer is found once.
 *
 * @example
 * ```ts
 * import { simdSupported } from "@flaxen/wasm";
 *
 * typeof simdSupported(); // => "boolean"
 * ```
 */
export function simdSupported(): boolean {
  if (simd === undefined) {
    const module = new ModuleBuilder();
    module.function("probe", { x: "i32" }, "i32", (f, { x }) => {
      f.return(i32x4.bitmask(i32x4.splat(x)));
    });
    simd = webAssembly()?.validate(module.emit()) ?? false;
  }
  return simd;
}

/**
 * Switches every kernel between WebAssembly and its plain JavaScript twin, which gives the same bits.
 *
 * An engine option for tests, for measurements, and for pages that must not compile WebAssembly. Where
 * compiling is forbidden, kernels fall back by themselves.
 *
 * @param on - Whether kernels may use WebAssembly, which is the state at the start.
 * @throws {@link TypeError} if `on` is not a boolean.
 *
 * @example
 * ```ts
 * import { setWasmEnabled, wasmEnabled } from "@flaxen/wasm";
 *
 * setWasmEnabled(false);
 * wasmEnabled(); // => false
 * setWasmEnabled(true);
 * wasmEnabled(); // => true
 * ```
 */
export function setWasmEnabled(on: boolean): void {
  if (typeof on !== "boolean") {
    throw new TypeError(`setWasmEnabled: on must be a boolean, got ${String(on)}.`);
  }
  enabled = on;
}

/**
 * Tells whether kernels may use WebAssembly, as {@link setWasmEnabled} last said.
 *
 * @returns True unless it was switched off.
 *
 * @example
 * ```ts
 * import { wasmEnabled } from "@flaxen/wasm";
 *
 * wasmEnabled(); // => true
 * ```
 */
export function wasmEnabled(): boolean {
  return enabled;
}
