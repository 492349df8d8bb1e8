declare module "ndarray-ops" {
  import type { NdArray } from "ndarray";
  const ops: {
    add(out: NdArray, a: NdArray, b: NdArray): void;
    mulseq(out: NdArray, scalar: number): void;
    sum(x: NdArray): number;
    sup(x: NdArray): number;
  };
  export default ops;
}
