/** What is timed: plain data, so that it can be sent to the contestants' processes. */
export interface Workload {
  /** Unique, as it stands in the table. */
  readonly name: string;
  readonly family: Family;
  /** Which function of a contestant takes it. */
  readonly kind: Kind;
  readonly sizes: Readonly<Record<string, number>>;
  /** How its time is shown. */
  readonly unit: Unit;
  /** What one call does: floating-point operations, elements, or operations, by unit. */
  readonly count: number;
  /** How results are compared with ours: element by element, or as draws of one distribution. */
  readonly comparison: "values" | "distribution";
  /** How many calls are compared; each step of training depends on the one before. */
  readonly checks: number;
}

export type Family =
  | "matrix products"
  | "convolution"
  | "rows and updates"
  | "samplers"
  | "small operations"
  | "training";

export type Kind =
  | "matmul"
  | "convForward"
  | "convInputGradient"
  | "convKernelGradient"
  | "softmax"
  | "layerNorm"
  | "adam"
  | "uniform"
  | "normal"
  | "add"
  | "addGradient"
  | "tiny"
  | "mlp"
  | "cnn";

/** Rates: 10^9 operations or 10^6 elements a second. Times: of one of `count` parts of a call. */
export type Unit = "GF/s" | "M/s" | "ms" | "µs";
