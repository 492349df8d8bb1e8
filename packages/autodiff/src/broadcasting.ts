import type { NDArray, Shape } from "@flaxen/ndarray";
import type { ShapedArray } from "./primitive.ts";

/** Whether two shapes are equal. */
export function sameShape(a: Shape, b: Shape): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** The common shape of broadcast operands, refused on behalf of `callee` if there is none. */
export function broadcastOperands(callee: string, inputs: readonly ShapedArray[]): Shape {
  let shape = inputs[0].shape;
  for (let k = 1; k < inputs.length; k++) {
    const other = inputs[k].shape;
    if (sameShape(shape, other)) continue;
    const joined = join(shape, other);
    if (joined === null) {
      const shapes = inputs.map((x) => `[${x.shape.join(", ")}]`);
      const list = `${shapes.slice(0, -1).join(", ")} and ${shapes[shapes.length - 1]}`;
      throw new RangeError(
        `${callee}: operands must have broadcast-compatible shapes, got ${list}.`,
      );
    }
    shape = joined;
  }
  return shape;
}

function join(a: Shape, b: Shape): number[] | null {
  const ndim = Math.max(a.length, b.length);
  const shape: number[] = [...(a.length === ndim ? a : b)];
  for (let i = 1; i <= ndim; i++) {
    const m = i <= a.length ? a[a.length - i] : 1;
    const n = i <= b.length ? b[b.length - i] : 1;
    if (m !== n && m !== 1 && n !== 1) return null;
    shape[ndim - i] = m === 1 ? n : m;
  }
  return shape;
}

/**
 * The loops over a row-major result and its broadcast operands: axes of length 1 are dropped and axes
 * that all operands step through evenly are merged, so that most cases are one or two loops.
 */
export interface LoopNest {
  /** Lengths of the loops, outermost first; never empty. */
  readonly shape: number[];
  /** For each operand the step of each loop. */
  readonly steps: number[][];
}

/** Plans the loops of an element-wise evaluation. */
export function loopNest(shape: Shape, operands: readonly NDArray[]): LoopNest {
  const lengths: number[] = [];
  const steps: number[][] = operands.map(() => []);
  let last = -1;
  for (let axis = 0; axis < shape.length; axis++) {
    const length = shape[axis];
    if (length === 1) continue;
    let merged = last >= 0;
    for (let k = 0; k < operands.length && merged; k++) {
      merged = steps[k][last] === stepOf(operands[k], axis - shape.length) * length;
    }
    if (!merged) {
      last++;
      lengths.push(1);
    }
    lengths[last] *= length;
    for (let k = 0; k < operands.length; k++) {
      steps[k][last] = stepOf(operands[k], axis - shape.length);
    }
  }
  if (last < 0) {
    lengths.push(1);
    for (const step of steps) step.push(0);
  }
  return { shape: lengths, steps };
}

/** Step of an operand along an axis counted from the end; 0 where it is repeated. */
function stepOf({ shape, stride }: NDArray, fromEnd: number): number {
  const axis = shape.length + fromEnd;
  return axis < 0 || shape[axis] === 1 ? 0 : stride[axis];
}
