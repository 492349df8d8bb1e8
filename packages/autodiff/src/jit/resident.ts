import type { DType } from "@flaxen/dtype";
import type { NDArray, Shape } from "@flaxen/ndarray";

const RESIDENT: unique symbol = /* @__PURE__ */ Symbol.for("flaxen.Resident");

/** A result that a program keeps in its memory for its next call, and that is read back when somebody looks. */
export class Resident {
  /** Length of each axis. */
  readonly shape: Shape;
  /** Element type. */
  readonly dtype: DType;
  private readBack: (() => NDArray) | null;
  private array: NDArray | null = null;

  /**
   * Programs make these; `readBack` copies the elements out.
   *
   * @internal
   */
  constructor(shape: Shape, dtype: DType, readBack: () => NDArray) {
    this.shape = shape;
    this.dtype = dtype;
    this.readBack = readBack;
  }

  /** The result as an ordinary array. */
  read(): NDArray {
    if (this.array === null) {
      if (this.readBack === null) throw new Error("Resident.read: the array was handed over.");
      this.array = this.readBack();
    }
    return this.array;
  }

  /** From now on the memory belongs to another value. */
  handOver(): void {
    this.readBack = null;
  }

  static {
    Object.defineProperty(this.prototype, RESIDENT, { value: true });
  }
}

/** Whether a value is a {@link Resident}. */
export function isResident(x: unknown): x is Resident {
  return typeof x === "object" && x !== null && RESIDENT in x;
}
