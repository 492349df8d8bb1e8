import { wasmEnabled } from "@flaxen/wasm";

/** What is needed of the global `WebAssembly` object, which the es2023 library does not declare. */
interface Engine {
  readonly Memory: new (size: { initial: number }) => { readonly buffer: ArrayBuffer };
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: object };
}

/** The functions of a compiled module, whose addresses are bytes of `words`. */
export type Kernel<Functions> = Functions & {
  /** The memory that all kernels of this package share. */
  readonly words: Uint32Array;
};

// One page holds the tables and a chunk of values in each stage.
let memory: { readonly buffer: ArrayBuffer } | undefined;

/**
 * Gives a function that compiles a module at its first call.
 *
 * The text is hexadecimal. Between bars stand blocks: a digit says how often, then come the bytes, of which those with
 * a letter behind them grow from one repetition to the next, by 0 for "g" to 16 for "w".
 *
 * Modules come as bytes, not as the instructions of `@flaxen/wasm` that they are built from, because its builder is
 * larger than all that a page needs to draw uniform values. The kernel is undefined where WebAssembly or SIMD is
 * missing or forbidden, and while `setWasmEnabled` has switched kernels off.
 */
export function defineModule<Functions>(text: () => string): () => Kernel<Functions> | undefined {
  let kernel: Kernel<Functions> | false | undefined;
  return () => (wasmEnabled() && (kernel ??= compile<Functions>(text()))) || undefined;
}

function compile<Functions>(text: string): Kernel<Functions> | false {
  try {
    const { Memory, Module, Instance } = (globalThis as unknown as { WebAssembly: Engine })
      .WebAssembly;
    memory ??= new Memory({ initial: 1 });
    const { exports } = new Instance(new Module(bytesOf(text)), { "": { m: memory } });
    return { ...(exports as Functions), words: new Uint32Array(memory.buffer) };
  } catch {
    return false;
  }
}

function bytesOf(text: string): Uint8Array {
  const bytes: number[] = [];
  for (const [turns, ...rest] of text.split("|")) {
    for (let turn = 0; turn < +turns; turn++) {
      for (const [, byte, letter] of rest.join("").matchAll(/(..)([g-w]?)/g)) {
        bytes.push(parseInt(byte, 16) + turn * (parseInt(letter || "g", 36) - 16));
      }
    }
  }
  return Uint8Array.from(bytes);
}
