import { itemSize } from "@flaxen/dtype";
import { defineKernel, i32 } from "@flaxen/wasm";
import type { ModuleBuilder } from "@flaxen/wasm";
import { sizeOf } from "../compute-dtype.ts";
import type { MemoryKernel } from "../memory-kernel.ts";
import type { ShapedArray } from "../primitive.ts";
import { INDEX_BYTES, isIndexKind, loadIndex } from "./gather-functions.ts";
import type { IndexKind } from "./gather-functions.ts";

interface OneHotFunctions {
  /**
   * Sets `[outer, classes, inner]` elements of `size` bytes to zeros, and for each label below `classes`
   * the element of its class to `one`: all bytes of it, or the upper four of eight.
   */
  readonly oneHot: (
    labels: number,
    to: number,
    outer: number,
    classes: number,
    inner: number,
    size: number,
    one: number,
  ) => void;
}

function buildOneHot(module: ModuleBuilder, kind: IndexKind): void {
  module.function(
    "oneHot",
    {
      labels: "i32",
      to: "i32",
      outer: "i32",
      classes: "i32",
      inner: "i32",
      size: "i32",
      one: "i32",
    },
    undefined,
    (f, { labels, to, outer, classes, inner, size, one }) => {
      const row = f.let(i32.mul(inner, size));
      const slab = f.let(i32.mul(classes, row));
      const turn = f.local("i32");
      const at = f.local("i32");
      const end = f.local("i32");
      const label = f.local("i32");
      const place = f.local("i32");
      f.fill(to, 0, i32.mul(outer, slab));
      f.for(turn, 0, outer, 1, () => {
        f.set(at, to);
        f.set(end, i32.add(to, row));
        f.while(i32.ltU(at, end), () => {
          f.set(label, loadIndex(kind, labels));
          f.if(i32.ltU(label, classes), () => {
            f.set(place, i32.add(at, i32.mul(label, row)));
            f.if(
              i32.eq(size, 4),
              () => f.store(place, one),
              () => {
                f.if(i32.eq(size, 1), () => f.store8(place, one));
                f.if(i32.eq(size, 2), () => f.store16(place, one));
                f.if(i32.eq(size, 8), () => f.store(place, one, 4));
              },
            );
          });
          f.set(labels, i32.add(labels, INDEX_BYTES[kind]));
          f.set(at, i32.add(at, size));
        });
        f.set(to, i32.add(to, slab));
      });
    },
  );
}

function defineOneHot(kind: IndexKind): () => OneHotFunctions | undefined {
  return defineKernel<OneHotFunctions>((module) => buildOneHot(module, kind));
}

const FUNCTIONS = {
  int8: /* @__PURE__ */ defineOneHot("int8"),
  int16: /* @__PURE__ */ defineOneHot("int16"),
  int32: /* @__PURE__ */ defineOneHot("int32"),
  uint8: /* @__PURE__ */ defineOneHot("uint8"),
  uint16: /* @__PURE__ */ defineOneHot("uint16"),
  uint32: /* @__PURE__ */ defineOneHot("uint32"),
};

/** The kernel of `oneHot` for integer labels; `one` holds the bytes of the number 1. */
export function oneHotKernel(
  { dtype }: ShapedArray,
  axis: number,
  out: ShapedArray,
  one: Uint8Array,
): MemoryKernel | undefined {
  if (!isIndexKind(dtype)) return undefined;
  const functions = FUNCTIONS[dtype]();
  if (functions === undefined) return undefined;
  const outer = sizeOf(out.shape.slice(0, axis));
  const inner = sizeOf(out.shape.slice(axis + 1));
  const size = itemSize(out.dtype);
  const word = one.slice(-4).reduce((bits, byte, i) => bits | (byte << (8 * i)), 0);
  return ([labels], to) => {
    functions.oneHot(labels, to, outer, out.shape[axis], inner, size, word);
  };
}
