/**
 * The parts of `jit`, for transformations over other things than trees of tensors, such as models.
 *
 * {@link stage} records a function as a graph, {@link Program} compiles and runs it, {@link Entries} remembers
 * what was compiled for what. {@link fused} makes a chain of element-wise operations one loop in eager mode.
 *
 * @packageDocumentation
 */
export { fused } from "./fused.ts";
export { Entries } from "./jit/entries.ts";
export type { Comparable, Compilation, Entry } from "./jit/entries.ts";
export { checkJit } from "./jit/jitted.ts";
export type { Graph } from "./jit/graph.ts";
export { Program } from "./jit/program.ts";
export type { ProgramDescription, ProgramValue } from "./jit/program.ts";
export { isResident, Resident } from "./jit/resident.ts";
export { inputOf, printType, sameType, standIn, takeLeaf } from "./jit/signature.ts";
export type { Leaf, LeafType } from "./jit/signature.ts";
export { stage } from "./jit/stage.ts";
export type { StagedInput } from "./jit/stage.ts";
