/**
 * A small typed WebAssembly builder: SIMD kernels written in TypeScript and emitted at run time.
 *
 * The lowest layer, beside `@flaxen/dtype`; it imports nothing. {@link ModuleBuilder} builds any module,
 * {@link defineKernel} compiles one over the shared {@link scratch} memory at its first use.
 *
 * @example
 * ```ts
 * import { i32, ModuleBuilder } from "@flaxen/wasm";
 *
 * const module = new ModuleBuilder();
 * module.function("add", { a: "i32", b: "i32" }, "i32", (f, { a, b }) => f.return(i32.add(a, b)));
 * module.emit().length; // => 42
 * ```
 *
 * @packageDocumentation
 */
export { encodeSigned, encodeUnsigned } from "./leb128.ts";
export type { Code, Expression, Local, Operand, ValueType } from "./expression.ts";
export type { BinaryInstructions, LoadInstructions, UnaryInstructions } from "./instructions.ts";
export { i32, i64 } from "./integers.ts";
export type {
  I32Instructions,
  I64Instructions,
  IntegerBinaryName,
  IntegerComparisonName,
} from "./integers.ts";
export { f32, f64 } from "./floats.ts";
export type {
  F32Instructions,
  F64Instructions,
  FloatBinaryName,
  FloatComparisonName,
  FloatUnaryName,
} from "./floats.ts";
export { f32x4, f64x2, i16x8, i32x4, i64x2, i8x16, v128 } from "./simd.ts";
export type {
  F32x4Instructions,
  F64x2Instructions,
  FloatLaneBinaryName,
  FloatLaneComparisonName,
  FloatLaneUnaryName,
  I16x8Instructions,
  I32x4Instructions,
  I64x2Instructions,
  I8x16Instructions,
  LaneComparisonName,
  LaneInstructions,
  ShiftInstructions,
  V128Instructions,
} from "./simd.ts";
export { f32x4ErfInv } from "./float32-erf-inv.ts";
export { f32x4Exp, f32x4Expm1 } from "./float32-exp.ts";
export { f32x4Log, f32x4Log1p } from "./float32-log.ts";
export { f32x4Pow } from "./float32-pow.ts";
export { f32x4Erf, f32x4Tanh } from "./float32-sigmoids.ts";
export { callFunction, FunctionBuilder } from "./function-builder.ts";
export type { FunctionReference, Label, ParameterLocals, Parameters } from "./function-builder.ts";
export { fusedSupported } from "./fused.ts";
export { ModuleBuilder } from "./module-builder.ts";
export type { FunctionOptions, ModuleOptions } from "./module-builder.ts";
export { setWasmEnabled, simdSupported, wasmEnabled, wasmSupported } from "./engine.ts";
export { adoptScratch, replaceScratch, Scratch, scratch, scratchEpoch } from "./scratch.ts";
export type { WasmMemory } from "./web-assembly.ts";
export { defineKernel, emitKernel, loadKernel } from "./kernel.ts";
