import { webAssembly } from "./web-assembly.ts";
import type { WasmMemory } from "./web-assembly.ts";

const PAGE = 65536;
/** First choice in bytes; the pages cost nothing until they are touched. */
const MOST = 256 * 2 ** 20;
/** Last choice in bytes. */
const LEAST = 16 * 2 ** 20;
/** Allocations start on cache lines. */
const ALIGNMENT = 64;

/**
 * The memory that kernels work in: copy operands in, run, copy results out.
 *
 * Allocation follows a stack: {@link Scratch.release} with the pointer of an allocation frees it and all later ones.
 * What has to outlast a call is kept at the other end of the memory: {@link Scratch.keep}, {@link Scratch.drop}.
 * The memory is reserved once and never grows, so views of it stay valid.
 */
export class Scratch {
  /** The memory, which kernels import. */
  readonly memory: WasmMemory;
  /** Bytes in all. */
  readonly capacity: number;
  /** The memory as bytes. */
  readonly u8: Uint8Array;
  /** The memory as signed 32-bit integers; element i is at address 4 i. */
  readonly i32: Int32Array;
  /** The memory as unsigned 32-bit integers; element i is at address 4 i. */
  readonly u32: Uint32Array;
  /** The memory as float32; element i is at address 4 i. */
  readonly f32: Float32Array;
  /** The memory as float64; element i is at address 8 i. */
  readonly f64: Float64Array;
  /** Where the stack of allocations begins. */
  private readonly bottom: number;
  private top: number;
  /** Blocks that are kept, from the end of the memory downwards. */
  private readonly kept: { from: number; to: number }[] = [];

  /**
   * Wraps a memory; {@link scratch} does this once.
   *
   * @param memory - The memory.
   * @param from - Where allocations begin (default 0); a multiple of 64.
   * @param to - Where they end (default the end of the memory); a multiple of 64.
   */
  constructor(memory: WasmMemory, from: number = 0, to: number = memory.buffer.byteLength) {
    this.memory = memory;
    // Shared or not, the views are the same.
    const buffer = memory.buffer as ArrayBuffer;
    this.bottom = from;
    this.top = from;
    // The last cache line is kept free: vector loads may read a little past the last element.
    this.capacity = to - ALIGNMENT;
    this.u8 = new Uint8Array(buffer);
    this.i32 = new Int32Array(buffer);
    this.u32 = new Uint32Array(buffer);
    this.f32 = new Float32Array(buffer);
    this.f64 = new Float64Array(buffer);
  }

  /** Bytes that the next allocation can have. */
  get available(): number {
    return this.floor - this.top;
  }

  /** Where the kept blocks begin. */
  private get floor(): number {
    return this.kept.at(-1)?.from ?? this.capacity;
  }

  /**
   * Takes the next `bytes` bytes; their content is undefined.
   *
   * @param bytes - A non-negative integer.
   * @returns The address, a multiple of 64.
   * @throws {@link RangeError} if `bytes` is not such an integer, or exceeds {@link Scratch.available}.
   */
  allocate(bytes: number): number {
    if (!Number.isInteger(bytes) || bytes < 0 || bytes > this.available) {
      throw new RangeError(
        `Scratch.allocate: bytes must be an integer in [0, ${this.available}], got ${bytes}.`,
      );
    }
    const pointer = this.top;
    this.top = Math.min(this.floor, Math.ceil((pointer + bytes) / ALIGNMENT) * ALIGNMENT);
    return pointer;
  }

  /**
   * Frees the allocation at `pointer` and all later ones.
   *
   * @param pointer - An address that `allocate` returned.
   * @throws {@link RangeError} if nothing is allocated there.
   */
  release(pointer: number): void {
    if (!(pointer >= this.bottom && pointer <= this.top && pointer % ALIGNMENT === 0)) {
      throw new RangeError(
        `Scratch.release: pointer must be an allocated address in [${this.bottom}, ${this.top}], got ${pointer}.`,
      );
    }
    this.top = pointer;
  }

  /**
   * Takes `bytes` bytes that stay until they are dropped, apart from the stack of allocations.
   *
   * @param bytes - A non-negative integer.
   * @returns The address, a multiple of 64; undefined if there is no room.
   * @throws {@link RangeError} if `bytes` is not such an integer.
   */
  keep(bytes: number): number | undefined {
    if (!Number.isInteger(bytes) || bytes < 0) {
      throw new RangeError(`Scratch.keep: bytes must be a non-negative integer, got ${bytes}.`);
    }
    const length = Math.ceil((bytes + 1) / ALIGNMENT) * ALIGNMENT;
    let to = this.capacity;
    let position = 0;
    for (; position < this.kept.length; position++) {
      const block = this.kept[position];
      if (to - block.to >= length) break;
      to = block.from;
    }
    const from = to - length;
    if (from < this.top) return undefined;
    this.kept.splice(position, 0, { from, to });
    return from;
  }

  /**
   * Gives back a kept block.
   *
   * @param pointer - An address that `keep` returned.
   * @throws {@link RangeError} if nothing is kept there.
   */
  drop(pointer: number): void {
    const position = this.kept.findIndex(({ from }) => from === pointer);
    if (position < 0) {
      throw new RangeError(
        `Scratch.drop: pointer must be the address of a kept block, got ${pointer}.`,
      );
    }
    this.kept.splice(position, 1);
  }
}

let reserved: Scratch | null | undefined;
let epoch = 0;

/**
 * The scratch memory of all kernels, reserved at the first call: 256 MiB of address space, or less where
 * the engine refuses so much.
 *
 * @returns The scratch memory, or undefined where WebAssembly is missing or not even 16 MiB can be had.
 *
 * @example
 * ```ts
 * import { scratch } from "@flaxen/wasm";
 *
 * const memory = scratch();
 * if (memory) {
 *   const pointer = memory.allocate(400);
 *   memory.f32.set([1, 2, 3], pointer / 4);
 *   memory.release(pointer);
 * }
 * ```
 */
export function scratch(): Scratch | undefined {
  if (reserved === undefined) reserved = reserve();
  return reserved ?? undefined;
}

/**
 * Counts how often the scratch memory was replaced: what was compiled for one does not work on the next.
 *
 * @returns 0 for the first memory.
 *
 * @example
 * ```ts
 * import { scratchEpoch } from "@flaxen/wasm";
 *
 * scratchEpoch(); // => 0
 * ```
 */
export function scratchEpoch(): number {
  return epoch;
}

/**
 * Replaces the scratch memory by an empty one that threads can share, or by one that they cannot. Nothing may be
 * allocated in the old one.
 *
 * @param shared - Whether other threads can use it.
 * @returns Whether it could be had; else the old one stays. Shared memory needs `SharedArrayBuffer`, which pages
 *   have only where they are cross-origin isolated.
 *
 * @example
 * ```ts
 * import { replaceScratch } from "@flaxen/wasm";
 *
 * typeof replaceScratch(false); // => "boolean"
 * ```
 */
export function replaceScratch(shared: boolean): boolean {
  const memory = reserve(shared);
  if (memory === null) return false;
  reserved = memory;
  epoch++;
  return true;
}

/**
 * Makes a part of another thread's memory the scratch memory of this one.
 *
 * @param memory - The shared memory.
 * @param from - Address from which this thread may allocate.
 * @param to - Address up to which it may.
 *
 * @example
 * ```ts
 * import { adoptScratch } from "@flaxen/wasm";
 *
 * typeof adoptScratch; // => "function"
 * ```
 */
export function adoptScratch(memory: WasmMemory, from: number, to: number): void {
  reserved = new Scratch(memory, from, to);
  epoch++;
}

function reserve(shared: boolean = false): Scratch | null {
  const engine = webAssembly();
  if (!engine) return null;
  for (let bytes = MOST; bytes >= LEAST; bytes /= 2) {
    try {
      const pages = bytes / PAGE;
      return new Scratch(new engine.Memory({ initial: pages, maximum: pages, shared }));
    } catch {
      // Not that much address space: ask for half.
    }
  }
  return null;
}
