import { fusedSupported } from "@flaxen/wasm";
import { FUSED_NORMAL_MODULE } from "./fused-normal-module.ts";
import { defineModule } from "./kernel.ts";
import type { Kernel } from "./kernel.ts";
import { NORMAL_MODULE } from "./normal-module.ts";
import { CHUNK, CHUNK_AT } from "./uniform-kernel.ts";

/** The functions of `kernels/normal-kernel.ts`, which documents them. */
type NormalKernel = Kernel<{
  readonly p: (
    at: number,
    end: number,
    centre: number,
    sides: number,
    masks: number,
    packs: number,
  ) => number;
  readonly a: (at: number, end: number, logs: number) => void;
  readonly c: (at: number, end: number, logs: number) => void;
  readonly b: (at: number, end: number, logs: number) => void;
  readonly s: (at: number, end: number, logs: number) => void;
  readonly m: (
    at: number,
    end: number,
    centre: number,
    sides: number,
    masks: number,
    spreads: number,
    least: number,
    most: number,
  ) => void;
}>;

// Where things lie; the slack behind a chunk takes what whole turns of the kernels write too much.
const PACKS = 0;
const SPREADS = 256;
const LENGTH = 4 * CHUNK + 512;
const CENTRE = CHUNK_AT + LENGTH;
const SIDES = CENTRE + LENGTH;
const MASKS = SIDES + LENGTH;

/** The kernel, or undefined when WebAssembly cannot be used. */
export const normalKernel: () => NormalKernel | undefined = /* @__PURE__ */ defineModule(() =>
  fusedSupported() ? FUSED_NORMAL_MODULE : NORMAL_MODULE,
);

/** Replaces the uniform values between two addresses by `clip(sqrt(2) * erfInv32(u), least, most)`. */
export function finishNormal(
  kernel: NormalKernel,
  at: number,
  end: number,
  least: number,
  most: number,
): void {
  if (kernel.words[SPREADS / 4] === 0) writeTables(kernel);
  const middle = kernel.p(at, end, CENTRE, SIDES, MASKS, PACKS);
  // The place of the values takes logarithms until they are merged there.
  kernel.a(CENTRE, middle, at);
  kernel.c(CENTRE, middle, at);
  // Whole vectors were sorted: what is not in one list is in the other.
  const vectors = Math.ceil((end - at) / 16);
  const outer = SIDES + CENTRE + 16 * vectors - middle;
  kernel.b(SIDES, outer, at);
  kernel.s(SIDES, outer, at);
  kernel.m(at, end, CENTRE, SIDES, MASKS, SPREADS, least, most);
}

/** Fills the byte tables: for each set of lanes, which lanes to gather to the front, and where to spread them back. */
function writeTables({ words }: NormalKernel): void {
  const bytes = new Uint8Array(words.buffer, 0, CHUNK_AT).fill(255);
  for (let set = 0; set < 16; set++) {
    let place = 0;
    for (let lane = 0; lane < 4; lane++) {
      if (((set >> lane) & 1) === 0) continue;
      for (let byte = 0; byte < 4; byte++) {
        bytes[PACKS + 16 * set + 4 * place + byte] = 4 * lane + byte;
        bytes[SPREADS + 16 * set + 4 * lane + byte] = 4 * place + byte;
      }
      place++;
    }
  }
}
