import { defineModule } from "./kernel.ts";
import type { Kernel } from "./kernel.ts";
import type { CounterPlan } from "./threefry.ts";
import { UNIFORM_MODULE } from "./uniform-module.ts";

/** Words hashed at a time; a chunk in each stage of a normal sample fits one page of 64 KiB. */
export const CHUNK = 4096;
/** Address of the chunk; the tables of other kernels lie below. */
export const CHUNK_AT = 512;

/** The functions of `kernels/uniform-kernel.ts`, which documents them. */
export type UniformKernel = Kernel<{
  readonly h: (
    k0: number,
    k1: number,
    high: number,
    step: number,
    low: number,
    at: number,
    end: number,
    gap: number,
  ) => void;
  readonly u: (at: number, end: number, span: number, low: number) => void;
}>;

/** What becomes of the words between two addresses: they are replaced in place. */
export type Finish = (kernel: UniformKernel, at: number, end: number) => void;

/** The kernel, or undefined when WebAssembly cannot be used. */
export const uniformKernel: () => UniformKernel | undefined = /* @__PURE__ */ defineModule(
  () => UNIFORM_MODULE,
);

/** Does by chunks what `hashCounters` does for a plan of stride 1, then `finish`, and drops words past the end of `out`. */
export function hashChunks(
  kernel: UniformKernel,
  k0: number,
  k1: number,
  plan: CounterPlan,
  out: Uint32Array,
  finish?: Finish,
): void {
  const [count, highStart, highStep, lowStart, , first, second] = plan;
  const folded = first === second;
  const length = folded ? CHUNK : CHUNK / 2;
  for (let i = 0; i < count; i += length) {
    const size = Math.min(length, count - i);
    const end = CHUNK_AT + 4 * size;
    // The kernel writes whole turns of 20 words.
    const gap = folded ? 0 : 80 * Math.ceil(size / 20);
    kernel.h(k0, k1, highStart + i * highStep, highStep, lowStart + i, CHUNK_AT, end, gap);
    finish?.(kernel, CHUNK_AT, end + gap);
    const copy = (at: number, place: number): void => {
      if (place < out.length) out.set(kernel.words.subarray(at / 4, at / 4 + size), place + i);
    };
    copy(CHUNK_AT, first);
    if (!folded) copy(CHUNK_AT + gap, second);
  }
}
