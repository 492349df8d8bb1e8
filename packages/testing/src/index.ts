/**
 * Assertions shared by the tests of this workspace. Knows arrays by structure only, so every package may use it.
 *
 * @packageDocumentation
 */
export { bitEqual } from "./bit-equal.ts";
export { closeTo } from "./close-to.ts";
export type { Tolerance } from "./close-to.ts";
export { exampleEquals, exampleThrows } from "./example.ts";
export { flatValues, shapeOf, toPlain } from "./values.ts";
export type { Assertions } from "./values.ts";
export { ulpDistance } from "./ulp.ts";
