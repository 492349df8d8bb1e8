import type { Adapter } from "../contestant.ts";
import { tensorflow } from "./tensorflow.ts";

/** TensorFlow.js with its WebAssembly kernels. */
export function adapter(): Promise<Adapter> {
  return tensorflow("wasm");
}
