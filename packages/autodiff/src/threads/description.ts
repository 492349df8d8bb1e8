/** Says what a range kernel is to a thread that has to make it anew: plain data that JSON can hold. */
export type RangesDescription =
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
    }
  | LoopDescription
  | ChainDescription;

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

/** A loop. */
export interface LoopDescription {
  readonly kind: "loop";
  /** Turns of the outermost loop. */
  readonly units: number;
  /** The bytes of its WebAssembly module, one character each. */
  readonly code: string;
}

/** Kernels that run one after the other on blocks. */
interface ChainDescription {
  readonly kind: "chain";
  readonly units: number;
  /** Units of a block. */
  readonly block: number;
  readonly links: readonly {
    readonly kernel: RangesDescription;
    /** Positions of its arrays among those of the chain. */
    readonly arrays: readonly number[];
  }[];
}
