/** Something with a `forward` method. */
export interface Callable {
  /** Applies the layer. */
  forward(...inputs: never[]): unknown;
}

/** The arguments of the `forward` method of a layer. */
export type ForwardInputs<L extends Callable> = L["forward"] extends (
  ...inputs: infer P extends readonly unknown[]
) => unknown
  ? P
  : never[];
