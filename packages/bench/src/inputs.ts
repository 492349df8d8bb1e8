/** Multiples of 2^-23 in [-1, 1) that look random; python/inputs.py makes the same. */
export function numbers(length: number, seed: number): Float32Array {
  const values = new Float32Array(length);
  for (let i = 0; i < length; i++) {
    let x = Math.imul(i + 1, 0x9e3779b1) + Math.imul(seed, 0x85ebca6b);
    x = Math.imul(x ^ (x >>> 16), 0x7feb352d);
    x = Math.imul(x ^ (x >>> 15), 0x846ca68b);
    x ^= x >>> 16;
    values[i] = (x >>> 8) / 2 ** 23 - 1;
  }
  return values;
}

/** Class labels below `classes`. */
export function labels(length: number, classes: number, seed: number): Int32Array {
  return Int32Array.from(numbers(length, seed), (x) => Math.floor(((x + 1) / 2) * classes));
}

/** Rows of the identity for each label, for libraries whose loss takes no integers. */
export function oneHot(indices: Int32Array, classes: number): Float32Array {
  const rows = new Float32Array(indices.length * classes);
  indices.forEach((label, row) => (rows[row * classes + label] = 1));
  return rows;
}

/** A layer of a model: a dense kernel `[in, out]`, or a convolution's `[height, width, in, out]`, and its bias. */
export interface Layer {
  readonly shape: readonly number[];
  readonly kernel: Float32Array;
  readonly bias: Float32Array;
}

/** A model to train with its batch. */
export interface Task {
  readonly layers: readonly Layer[];
  /** Shape of the batch, channels last. */
  readonly inputShape: readonly number[];
  readonly inputs: Float32Array;
  readonly labels: Int32Array;
  readonly classes: number;
}

const LAYER_SHAPES: Record<"tiny" | "mlp" | "cnn", readonly (readonly number[])[]> = {
  tiny: [
    [2, 32],
    [32, 32],
    [32, 2],
  ],
  mlp: [
    [784, 256],
    [256, 128],
    [128, 10],
  ],
  cnn: [
    [3, 3, 1, 32],
    [3, 3, 32, 64],
    [3136, 256],
    [256, 10],
  ],
};

/** The model and batch of a training workload. */
export function trainingTask(kind: "tiny" | "mlp" | "cnn", batch: number): Task {
  const shapes = LAYER_SHAPES[kind];
  const inputShape = kind === "cnn" ? [batch, 28, 28, 1] : [batch, shapes[0]![0]!];
  const classes = shapes.at(-1)!.at(-1)!;
  return {
    layers: shapes.map((shape, i) => {
      const fanIn = shape.slice(0, -1).reduce((product, n) => product * n, 1);
      const scale = Math.fround(Math.sqrt(3 / fanIn));
      return {
        shape,
        kernel: numbers(fanIn * shape.at(-1)!, 10 + i).map((x) => x * scale),
        bias: new Float32Array(shape.at(-1)!),
      };
    }),
    inputShape,
    inputs: numbers(
      inputShape.reduce((product, n) => product * n, 1),
      1,
    ),
    labels: labels(batch, classes, 2),
    classes,
  };
}

/** `values` of the given shape with its axes reordered, as a library with another layout wants them. */
export function permuted(
  values: Float32Array,
  shape: readonly number[],
  axes: readonly number[],
): Float32Array {
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((a, b) => a * b, 1));
  const result = new Float32Array(values.length);
  const sizes = axes.map((axis) => shape[axis]!);
  const steps = axes.map((axis) => strides[axis]!);
  const index = sizes.map(() => 0);
  for (let at = 0, from = 0; at < result.length; at++) {
    result[at] = values[from]!;
    for (let axis = sizes.length - 1; axis >= 0; axis--) {
      index[axis]!++;
      from += steps[axis]!;
      if (index[axis]! < sizes[axis]!) break;
      from -= steps[axis]! * sizes[axis]!;
      index[axis] = 0;
    }
  }
  return result;
}
