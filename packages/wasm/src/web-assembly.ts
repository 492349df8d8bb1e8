/** The parts of a `WebAssembly.Memory` that kernels use. */
export interface WasmMemory {
  /** The memory's bytes. */
  readonly buffer: ArrayBuffer | SharedArrayBuffer;
}

/** What this package needs of the global `WebAssembly` object, which the es2023 library does not declare. */
interface WebAssemblyGlobal {
  readonly Memory: new (descriptor: {
    initial: number;
    maximum: number;
    shared: boolean;
  }) => WasmMemory;
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (
    module: object,
    imports: Record<string, Record<string, unknown>>,
  ) => { readonly exports: object };
  readonly validate: (bytes: Uint8Array) => boolean;
}

/** The global `WebAssembly`, looked up at every call because a page may lack it or take it away. */
export function webAssembly(): WebAssemblyGlobal | undefined {
  return (globalThis as { WebAssembly?: WebAssemblyGlobal }).WebAssembly;
}
