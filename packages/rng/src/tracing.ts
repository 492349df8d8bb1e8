/**
 * What a tracer of programs needs, so that drawing inside a traced function becomes an operation of its program.
 *
 * While a function is traced, `wrapKeyData` of a stand-in gives a traced key and `keyData` of a traced key gives the
 * stand-in back; every function of `@flaxen/rng` takes traced keys and stand-ins. The tracer's part is one function,
 * {@link SamplerTrace}.
 *
 * @packageDocumentation
 */
export { handOver, isTracedKey } from "./traced-key.ts";
export type { SamplerTrace, TracedArray, TracedDraw } from "./traced-key.ts";
