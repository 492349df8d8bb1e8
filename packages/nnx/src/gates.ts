import { add, multiply } from "@flaxen/autodiff";
import type { Tensor } from "@flaxen/autodiff";

/** The functions of a long short-term memory. */
interface Squashing {
  readonly gateFn: (x: Tensor) => Tensor;
  readonly activationFn: (x: Tensor) => Tensor;
}

/** The new cell and state of a long short-term memory from the sums that enter its gates. */
export function updateMemory(
  cell: Tensor,
  [input, forget, content, output]: readonly Tensor[],
  { gateFn, activationFn }: Squashing,
): [Tensor, Tensor] {
  const kept = multiply(gateFn(forget), cell);
  const added = multiply(gateFn(input), activationFn(content));
  const next = add(kept, added);
  return [next, multiply(gateFn(output), activationFn(next))];
}
