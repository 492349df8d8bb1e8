/** Work on arrays in the scratch memory that falls into parts, which may run in any order and at the same time. */
export interface Job {
  /** How many; it depends on the work alone, so that results do not depend on the number of threads. */
  readonly parts: number;
  /** Does one of them. */
  run(inputs: readonly number[], output: number, part: number): void;
}

/** Says what a job is to a thread that has to make it anew: plain data that JSON can hold. */
export type JobDescription =
  | { readonly kind: "matmul"; readonly product: ProductDescription }
  | {
      readonly kind: "convolution";
      readonly wanted: "output" | "input" | "kernel";
      readonly dtype: "float32" | "float64";
      readonly geometry: object;
    }
  | {
      readonly kind: "pooling";
      readonly name: string;
      readonly dtype: "float32" | "float64";
      readonly geometry: object;
    };

/** A stack of matrix products. */
export interface ProductDescription {
  readonly dtype: "float32" | "float64";
  readonly transposeA: boolean;
  readonly transposeB: boolean;
  readonly m: number;
  readonly n: number;
  readonly k: number;
  /** Offset in bytes of the left matrix of each product. */
  readonly left: readonly number[];
  /** Offset in bytes of the right matrix of each product. */
  readonly right: readonly number[];
}
