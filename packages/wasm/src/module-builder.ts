import { encodeUnsigned } from "./leb128.ts";
import { FunctionBuilder, makeLocal, typeCode } from "./function-builder.ts";
import type { FunctionReference, ParameterLocals, Parameters } from "./function-builder.ts";
import type { Local, ValueType } from "./expression.ts";

/** Options of {@link ModuleBuilder}. */
export interface ModuleOptions {
  /**
   * Whether `f32x4Exp` and its like use `f32x4.relaxedMadd`, for engines and processors of which {@link fusedSupported}
   * is true (default false). The bits are the same.
   */
  readonly fused?: boolean;
}

/** Options of {@link ModuleBuilder.function}. */
export interface FunctionOptions {
  /** Whether JavaScript can call the function by its name (default true). */
  readonly exported?: boolean;
}

/** `\0asm`, version 1. */
const MAGIC_AND_VERSION = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];

interface BuiltFunction {
  readonly reference: FunctionReference;
  readonly typeIndex: number;
  readonly exported: boolean;
  body: Uint8Array;
}

/**
 * Builds a WebAssembly module in TypeScript and encodes it as bytes.
 *
 * Instructions are nested expressions ({@link i32}, {@link f32}, {@link f32x4}, …); statements are methods
 * of the {@link FunctionBuilder} that a function's body receives.
 *
 * @see "WebAssembly Core Specification", chapter 5, Binary Format. https://webassembly.github.io/spec/core/
 *
 * @example
 * ```ts
 * import { defineKernel, f32, f32x4, i32, v128 } from "@flaxen/wasm";
 *
 * // y += alpha x for `count` floats (a multiple of 4) in the scratch memory.
 * const axpyKernel = defineKernel<{ axpy(alpha: number, x: number, y: number, count: number): void }>(
 *   (module) => {
 *     module.function(
 *       "axpy",
 *       { alpha: "f32", x: "i32", y: "i32", count: "i32" },
 *       undefined,
 *       (f, { alpha, x, y, count }) => {
 *         const scale = f.let(f32x4.splat(alpha));
 *         const at = f.local("i32");
 *         f.for(at, 0, i32.shl(count, 2), 16, () => {
 *           const product = f32x4.mul(scale, v128.load(i32.add(x, at)));
 *           const target = f.let(i32.add(y, at));
 *           f.store(target, f32x4.add(v128.load(target), product));
 *         });
 *       },
 *     );
 *   },
 * );
 * typeof axpyKernel; // => "function"
 * ```
 */
export class ModuleBuilder {
  private readonly types: string[] = [];
  private readonly typeBytes: number[][] = [];
  private readonly functions: BuiltFunction[] = [];
  private memory: readonly number[] | undefined;
  private readonly fused: boolean;

  /**
   * Starts an empty module.
   *
   * @param options - `fused` (default false).
   */
  constructor(options: ModuleOptions = {}) {
    this.fused = options.fused ?? false;
  }

  /**
   * Imports the one memory that loads and stores use.
   *
   * @param from - Name of the import's module.
   * @param name - Name of the memory in it.
   * @param minimumPages - Pages of 64 KiB that the memory must have, default 0.
   * @param sharedPages - If the memory is shared between threads, the most pages that it may have.
   * @throws {@link Error} if the module already has a memory.
   */
  importMemory(from: string, name: string, minimumPages = 0, sharedPages?: number): void {
    if (this.memory) {
      throw new Error("ModuleBuilder.importMemory: the module must have one memory only, got two.");
    }
    this.memory = [
      ...nameBytes(from),
      ...nameBytes(name),
      0x02,
      sharedPages === undefined ? 0x00 : 0x03,
      ...encodeUnsigned(minimumPages),
      ...(sharedPages === undefined ? [] : encodeUnsigned(sharedPages)),
    ];
  }

  /**
   * Adds a function; its body is built at once.
   *
   * @param name - The name it is exported under; unique in the module.
   * @param parameters - Names and types of the parameters, in order.
   * @param result - Type of the result, or undefined. The body must then end with `return`.
   * @param body - Writes the statements; receives the builder and the parameters as locals.
   * @param options - `exported` (default true).
   * @returns A reference for calls from other functions of the module.
   * @throws {@link Error} if the name is taken, or a body with a result does not end with `return`.
   */
  function<P extends Parameters, R extends ValueType | undefined>(
    name: string,
    parameters: P,
    result: R,
    body: (f: FunctionBuilder, parameters: ParameterLocals<P>) => void,
    options: FunctionOptions = {},
  ): FunctionReference<P, R> {
    if (this.functions.some(({ reference }) => reference.name === name)) {
      throw new Error(`ModuleBuilder.function: name must be unique, got ${JSON.stringify(name)}.`);
    }
    const entries = Object.entries(parameters);
    const index = this.functions.length;
    const reference: FunctionReference<P, R> = { name, parameters, result, index };
    const typeIndex = this.typeIndex(
      entries.map(([, type]) => type),
      result,
    );
    const built: BuiltFunction = {
      reference: reference as FunctionReference,
      typeIndex,
      exported: options.exported ?? true,
      body: new Uint8Array(),
    };
    this.functions.push(built);
    const f = new FunctionBuilder(name, entries.length, result, this.fused);
    const locals: Record<string, Local> = {};
    for (const [i, [key, type]] of entries.entries()) locals[key] = makeLocal(f, i, type);
    body(f, locals as ParameterLocals<P>);
    built.body = f.finish();
    return reference;
  }

  /**
   * Encodes the module.
   *
   * @returns The bytes that `WebAssembly.Module` takes.
   */
  emit(): Uint8Array {
    const exported = this.functions.filter((built) => built.exported);
    return concatenate([
      MAGIC_AND_VERSION,
      ...section(1, this.typeBytes),
      ...section(2, this.memory ? [this.memory] : []),
      ...section(
        3,
        this.functions.map(({ typeIndex }) => encodeUnsigned(typeIndex)),
      ),
      ...section(
        7,
        exported.map(({ reference }) => [
          ...nameBytes(reference.name),
          0x00,
          ...encodeUnsigned(reference.index),
        ]),
      ),
      ...section(
        10,
        this.functions.flatMap(({ body }) => [encodeUnsigned(body.length), body]),
        this.functions.length,
      ),
    ]);
  }

  /** The index of a function type, which is shared by equal signatures. */
  private typeIndex(parameters: readonly ValueType[], result: ValueType | undefined): number {
    const signature = `${parameters.join()}:${result ?? ""}`;
    const known = this.types.indexOf(signature);
    if (known >= 0) return known;
    this.types.push(signature);
    this.typeBytes.push([
      0x60,
      ...encodeUnsigned(parameters.length),
      ...parameters.map(typeCode),
      ...(result ? [1, typeCode(result)] : [0]),
    ]);
    return this.types.length - 1;
  }
}

/** A section of the binary format in parts: a vector of `count` items, absent when there are none. */
function section(
  id: number,
  items: readonly ArrayLike<number>[],
  count = items.length,
): ArrayLike<number>[] {
  if (count === 0) return [];
  const length = encodeUnsigned(count);
  const bytes = items.reduce((sum, item) => sum + item.length, length.length);
  return [[id, ...encodeUnsigned(bytes)], length, ...items];
}

function concatenate(parts: readonly ArrayLike<number>[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** A name in UTF-8, preceded by its length; names here are ASCII. */
function nameBytes(name: string): number[] {
  const bytes = Array.from(name, (character) => character.charCodeAt(0));
  if (bytes.some((byte) => byte > 0x7f)) {
    throw new RangeError(`ModuleBuilder: name must be ASCII, got ${JSON.stringify(name)}.`);
  }
  return [...encodeUnsigned(bytes.length), ...bytes];
}
