import type { Adapter } from "../contestant.ts";
import { tensorflow } from "./tensorflow.ts";

/** TensorFlow.js in plain JavaScript. */
export function adapter(): Promise<Adapter> {
  return tensorflow("cpu");
}
