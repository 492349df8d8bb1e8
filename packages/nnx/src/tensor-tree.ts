import type { Tensor } from "@flaxen/autodiff";

/** Nested arrays and plain objects of tensors and numbers. */
export type TensorTree =
  Tensor | number | readonly TensorTree[] | { readonly [name: string]: TensorTree };
