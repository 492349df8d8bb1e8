import { defaultFloat, describe, isFloating, resultType } from "@flaxen/dtype";
import type { DType } from "@flaxen/dtype";
import { full, isNDArray, NDArray } from "@flaxen/ndarray";
import { astypePrimitive } from "./astype.ts";
import { bind } from "./primitive.ts";
import { isTensor, isTracer, scalarDType, toTensor } from "./tensor.ts";
import type { Tensor, TensorLike } from "./tensor.ts";

type Scalar = number | boolean | bigint;

function isScalar(x: TensorLike): x is Scalar {
  return typeof x === "number" || typeof x === "boolean" || typeof x === "bigint";
}

/** Refuses the dtypes that no operation takes. */
function checkDTypeSupported(callee: string, argument: string, x: Tensor): void {
  switch (x.dtype) {
    case "int64":
    case "uint64":
    case "complex64":
    case "complex128":
      throw new TypeError(
        `${callee}: ${argument} must be bool, an integer of at most 32 bits or floating, got ${describe(x)}.`,
      );
  }
}

/** Converts lists and foreign arrays; errors speak of the operation, not of the conversion. */
function convert(callee: string, argument: string, x: TensorLike): Tensor {
  try {
    return toTensor(x);
  } catch (error) {
    if (
      Array.isArray(x) &&
      x.flat(Infinity).some((element) => isTracer(element) || isNDArray(element))
    ) {
      throw new TypeError(
        `${callee}: ${argument} must be a tensor, nested arrays or a number, got a list of tensors. Join them with stack.`,
      );
    }
    const prefix = "asNDArray: input";
    if (error instanceof Error && error.message.startsWith(prefix)) {
      error.message = `${callee}: ${argument}${error.message.slice(prefix.length)}`;
    }
    throw error;
  }
}

/** Converts one operand of an operation and checks its dtype. */
export function checkOperand(callee: string, argument: string, x: TensorLike): Tensor {
  let tensor: Tensor;
  if (isTracer(x) || isNDArray(x)) tensor = x;
  else if (isScalar(x)) return scalarTensor(x, scalarDType(x));
  else if (typeof x === "object" && x !== null) tensor = convert(callee, argument, x);
  else
    throw new TypeError(
      `${callee}: ${argument} must be a tensor, nested arrays or a number, got ${describe(x)}.`,
    );
  checkDTypeSupported(callee, argument, tensor);
  return tensor;
}

/** As {@link checkOperand}, cast to the default float unless floating already. */
export function checkInexact(callee: string, argument: string, x: TensorLike): Tensor {
  if (isScalar(x)) return scalarTensor(x, defaultFloat());
  const tensor = checkOperand(callee, argument, x);
  return isFloating(tensor.dtype) ? tensor : cast(tensor, defaultFloat());
}

/** A tensor of the given dtype; itself if it has it. */
export function cast(x: Tensor, dtype: DType): Tensor {
  return x.dtype === dtype ? x : bind(astypePrimitive, [x], { dtype });
}

/** Constants of programs come again and again; an operand is never written to. */
const scalars: Map<number, NDArray> = /* @__PURE__ */ new Map();
/** Scalars that are remembered; beyond it all are forgotten. */
const MOST_SCALARS = 256;

/** A bare number as an operand of float32. */
function float32Operand(x: number): NDArray {
  let tensor = scalars.get(x);
  // A Map takes 0 for -0.
  if (tensor === undefined || (x === 0 && Object.is(x, -0))) {
    tensor = scalarTensor(x, "float32");
    if (Object.is(x, -0)) return tensor;
    if (scalars.size >= MOST_SCALARS) scalars.clear();
    scalars.set(x, tensor);
  }
  return tensor;
}

/** An array of rank 0. The common dtypes skip the checks of `full`, which cost more than the operation. */
export function scalarTensor(x: Scalar, dtype: DType): NDArray {
  switch (dtype) {
    case "float32": {
      const data = new Float32Array(1);
      data[0] = Number(x);
      return new NDArray<DType>(data, [], [], 0, dtype);
    }
    case "float64": {
      const data = new Float64Array(1);
      data[0] = Number(x);
      return new NDArray<DType>(data, [], [], 0, dtype);
    }
    default:
      return full([], x, dtype);
  }
}

/** Whether an operand follows the dtype of the others: a bare number, or a tracer that stands for one. */
function isWeak(x: Tensor | Scalar): boolean {
  return isScalar(x) || (x as { readonly weak?: boolean }).weak === true;
}

/** What promotion sees of an operand; a tracer of a bare number counts as such a number. */
function promotable(x: Tensor | Scalar): Scalar | DType {
  if (isScalar(x)) return x;
  if (!isWeak(x)) return x.dtype;
  return isFloating(x.dtype) ? 0.5 : 1;
}

/** The dtype of every operand that is no bare scalar; `null` if there is none or they differ. */
export function sharedDType(operands: readonly (Tensor | Scalar)[]): DType | null {
  let dtype: DType | null = null;
  for (let i = 0; i < operands.length; i++) {
    const x = operands[i];
    if (isWeak(x)) continue;
    if (dtype !== null && (x as Tensor).dtype !== dtype) return null;
    dtype = (x as Tensor).dtype;
  }
  return dtype;
}

/** The dtype that operands are computed in; int64, which only 64-bit defaults lead to, becomes int32. */
function commonDType(operands: readonly (Tensor | Scalar)[], inexact: boolean): DType {
  const shared = sharedDType(operands);
  // Floating tensors decide whatever the scalars are, since scalars are weak.
  if (shared !== null && isFloating(shared)) return shared;
  const dtype = resultType(...operands.map(promotable));
  if (inexact && !isFloating(dtype)) return defaultFloat();
  return dtype === "int64" ? "int32" : dtype;
}

/**
 * Converts operands to their common dtype: bare numbers are weak, so that they follow the tensors.
 * With `inexact`, a common dtype that is not floating becomes the default float.
 */
export function promote(
  callee: string,
  names: readonly string[],
  operands: readonly TensorLike[],
  inexact: boolean = false,
): Tensor[] {
  const checked = operands.map((x, i) => (isScalar(x) ? x : checkOperand(callee, names[i], x)));
  const dtype = commonDType(checked, inexact);
  return checked.map((x) => {
    return isScalar(x) ? scalarOperand(x, dtype) : cast(x, dtype);
  });
}

/** A bare number as an operand, which may be shared. */
export function scalarOperand(x: Scalar, dtype: DType): NDArray {
  return dtype === "float32" && typeof x === "number" ? float32Operand(x) : scalarTensor(x, dtype);
}

const PAIR: readonly string[] = ["x", "y"];

/** Whether an operand makes bare numbers beside it float32. */
function isSingle(x: TensorLike): x is Tensor {
  return isTensor(x) && x.dtype === "float32" && !isWeak(x);
}

/** As {@link promote} for two operands, which messages call `x` and `y` unless told. */
export function promotePair(
  callee: string,
  x: TensorLike,
  y: TensorLike,
  inexact: boolean = false,
  names: readonly string[] = PAIR,
): Tensor[] {
  // Nearly all pairs are like these.
  if (isSingle(x)) {
    if (isSingle(y)) return [x, y];
    if (typeof y === "number") return [x, float32Operand(y)];
  } else if (typeof x === "number" && isSingle(y)) {
    return [float32Operand(x), y];
  }
  return promote(callee, names, [x, y], inexact);
}
