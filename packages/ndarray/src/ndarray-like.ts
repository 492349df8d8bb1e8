import type { Shape } from "./shape.ts";

/**
 * What every strided array looks like: this package's, scijs `ndarray`, or an object made by hand.
 */
export interface NDArrayLike {
  /** The storage, a typed array or any list of numbers. */
  readonly data: ArrayLike<number> | ArrayLike<bigint> | GenericData;
  /** The length of each axis. */
  readonly shape: Shape;
  /** Elements from one index of an axis to the next. */
  readonly stride: Shape;
  /** Position of the first element. */
  readonly offset: number;
  /** The name of the element type, if the object knows it. */
  readonly dtype?: string;
}

/** The storage of a scijs `ndarray` that is read through a method. */
export interface GenericData {
  /** Reads one element. */
  get(index: number): number;
  /** Number of elements. */
  readonly length: number;
}
