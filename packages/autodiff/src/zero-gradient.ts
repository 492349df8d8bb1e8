import type { Tensor } from "./tensor.ts";
import type { VjpContext } from "./primitive.ts";

/** Reverse rule of operations that are constant almost everywhere or have no floating result. */
export function zeroGradient(_ct: Tensor, { inputs }: VjpContext<never>): readonly null[] {
  return inputs.map(() => null);
}
