import { add, minimum } from "@flaxen/autodiff";
import type { Tensor } from "@flaxen/autodiff";
import { zeros } from "@flaxen/ndarray";

/** The largest int32: a count stays there instead of wrapping to a negative number. */
const LARGEST = 2 ** 31 - 1;

/** The count before the first update. */
export function initialCount(): Tensor {
  return zeros([], "int32");
}

/** The count after one more update. */
export function increment(count: Tensor): Tensor {
  return add(minimum(count, LARGEST - 1), 1);
}
