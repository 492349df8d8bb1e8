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
 * Gives a function that compiles a module, written in hexadecimal, at its first call.
 *
 * A byte after 20, 21 or 22 (which read and write locals) stands for its difference from the last such byte: chains
 * of equal instructions on neighbouring locals then read alike, so that the text compresses well.
 *
 * Modules come as bytes, not as the instructions of `@flaxen/wasm` that they are built from, because its builder is
 * larger than all that a page needs to draw uniform values. The kernel is undefined where WebAssembly or SIMD is
 * missing or forbidden, and while `setWasmEnabled` has switched kernels off.
 */
export function defineModule<Functions>(hex: string): () => Kernel<Functions> | undefined {
  let kernel: Kernel<Functions> | null | undefined;
  return () => {
    if (!wasmEnabled()) return undefined;
    if (kernel === undefined) kernel = compile<Functions>(hex);
    return kernel ?? undefined;
  };
}

function compile<Functions>(hex: string): Kernel<Functions> | null {
  try {
    const { Memory, Module, Instance } = (globalThis as unknown as { WebAssembly: Engine })
      .WebAssembly;
    const bytes = new Uint8Array(hex.length / 2);
    let last = 0;
    for (let i = 0; i < bytes.length; i++) {
      bytes[i] = parseInt(hex.slice(2 * i, 2 * i + 2), 16);
      if (bytes[i - 1] >= 0x20 && bytes[i - 1] <= 0x22) last = bytes[i] += last;
    }
    memory ??= new Memory({ initial: 1 });
    const { exports } = new Instance(new Module(bytes), { "": { m: memory } });
    return { ...(exports as Functions), words: new Uint32Array(memory.buffer) };
  } catch {
    return null;
  }
}
