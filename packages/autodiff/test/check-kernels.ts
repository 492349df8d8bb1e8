import { Tracer } from "@flaxen/autodiff";
import type { Primitive, Tensor, Trace } from "@flaxen/autodiff";
import { allocate, itemSize } from "@flaxen/dtype";
import type { DType } from "@flaxen/dtype";
import { flatData, isNDArray, NDArray } from "@flaxen/ndarray";
import { scratch } from "@flaxen/wasm";
import type { ExecutionContext } from "ava";

const GUARD = 64;
const MARK = 0xab;

/** Stands for an array; every primitive that it meets is evaluated twice and compared. */
class CheckedTracer extends Tracer {
  readonly value: NDArray;
  constructor(trace: Trace, operation: string, value: NDArray) {
    super(trace, operation, value.shape, value.dtype);
    this.value = value;
  }
}

/** Evaluates each primitive by its plain loops and, where there is one, by its kernel. */
class CheckingTrace implements Trace {
  readonly level = 0;
  readonly transform = "checkKernels";
  /** Names of the primitives whose kernel ran. */
  readonly ran = new Set<string>();
  readonly mistakes: string[] = [];

  process<P>(primitive: Primitive<P>, inputs: readonly Tensor[], params: P): Tensor {
    const values = inputs.map((x) => (x instanceof CheckedTracer ? x.value : (x as NDArray)));
    const out = primitive.abstractEval(values, params);
    const plain = primitive.evaluate(values, params, out);
    const run = primitive.kernel?.(values, params, out);
    const memory = scratch();
    if (run && memory) {
      this.ran.add(primitive.name);
      const bottom = memory.allocate(0);
      const place = (bytes: number): number => {
        memory.u8.fill(MARK, memory.allocate(GUARD), memory.allocate(0));
        const address = memory.allocate(bytes);
        // What lies in new memory must not matter.
        memory.u8.fill(0xff, address, memory.allocate(0));
        return address;
      };
      const addresses = values.map((x) => {
        const bytes = bytesOf(x);
        const address = place(bytes.length);
        memory.u8.set(bytes, address);
        return address;
      });
      const size = out.shape.reduce((n, k) => n * k, 1);
      const length = size * itemSize(out.dtype);
      const target = place(length);
      const end = place(0);
      const before = memory.u8.slice(bottom, target);
      const top = memory.allocate(0);
      run(addresses, target);
      if (memory.allocate(0) !== top) this.mistakes.push(`${primitive.name} kept its workspace`);
      if (memory.u8.subarray(bottom, target).some((byte, i) => byte !== before[i])) {
        this.mistakes.push(`${primitive.name} wrote before its result`);
      }
      if (memory.u8.subarray(end - GUARD, end).some((byte) => byte !== MARK)) {
        this.mistakes.push(`${primitive.name} wrote behind its result`);
      }
      const data = allocate(out.dtype, size);
      new Uint8Array(data.buffer).set(memory.u8.subarray(target, target + length));
      memory.release(bottom);
      this.compare(primitive.name, params, values, data as Float32Array, plain);
    }
    return new CheckedTracer(this, primitive.name, plain);
  }

  private compare(
    name: string,
    params: unknown,
    inputs: readonly NDArray[],
    actual: Float32Array,
    plain: NDArray,
  ): void {
    const expected = flatData(plain) as Float32Array;
    const wrong = actual.findIndex((value, i) => !Object.is(value, expected[i]));
    if (actual.length === expected.length && wrong < 0) return;
    const operands = inputs.map((x) => `${x.dtype}[${x.shape.join()}]`).join(" ");
    this.mistakes.push(
      `${name}(${operands}; ${JSON.stringify(params)}) gives ${actual[wrong]} at ${wrong}, not ${expected[wrong]}`,
    );
  }
}

function bytesOf(x: NDArray): Uint8Array {
  const { buffer, byteOffset, byteLength } = flatData(x);
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/**
 * Asserts that the kernels of all primitives that `f` applies give the bits of their plain loops and touch
 * no other memory; returns the names of those that have one.
 */
export function checkKernels(
  t: ExecutionContext,
  f: (...args: Tensor[]) => unknown,
  ...args: readonly NDArray[]
): ReadonlySet<string> {
  const trace = new CheckingTrace();
  f(...args.map((x) => new CheckedTracer(trace, "argument", x)));
  t.deepEqual(trace.mistakes, []);
  return trace.ran;
}

/** An array of any dtype whose elements are patterns without meaning; floats hold every special value. */
export function scrambled(dtype: DType, shape: readonly number[], seed: number = 1): NDArray {
  const size = shape.reduce((n, k) => n * k, 1);
  const data = allocate(dtype, size);
  let state = seed;
  const next = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return (state >>> 8) / 2 ** 24;
  };
  const specials = [NaN, Infinity, -Infinity, -0, 0, 1, -1];
  for (let i = 0; i < data.length; i++) {
    const x = next();
    if (data instanceof BigInt64Array || data instanceof BigUint64Array) {
      data[i] = BigInt(Math.floor(x * 2 ** 52));
    } else if (data instanceof Float32Array || data instanceof Float64Array) {
      data[i] = x < 0.3 ? specials[Math.floor(x * 7 * (1 / 0.3))] : Math.round(16 * next() - 8);
    } else data[i] = dtype === "bool" ? Math.round(x) : Math.floor(x * 2 ** 32);
  }
  return new NDArray<DType>(data, shape, undefined, 0, dtype);
}

/** Whether a value is concrete: narrows for tests. */
export function concrete(x: unknown): NDArray {
  if (!isNDArray(x)) throw new Error("expected an array");
  return x;
}
