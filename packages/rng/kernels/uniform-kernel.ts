import { f32, f32x4, f64x2, i32, i32x4, ModuleBuilder, v128 } from "@flaxen/wasm";
import type { Expression, FunctionBuilder, Local } from "@flaxen/wasm";

/** Vectors of hashes computed side by side: their instructions interleave, so that no unit waits for a result. */
const CHAINS = 5;

/** Rotations of the four rounds of an even and of an odd group. */
const EVEN = [13, 15, 26, 6];
const ODD = [17, 29, 16, 24];

/** Builds the module that hashes counters and turns random words into uniform values. */
export function buildUniformModule(): Uint8Array {
  const module = new ModuleBuilder();
  module.importMemory("", "m");
  buildHash(module);
  buildScale(module);
  return module.emit();
}

/**
 * `h(k0, k1, high, step, low, at, end, gap)`: Threefry-2x32 of the counters (high, low), (high + step, low + 1), ….
 *
 * Stores the exclusive or of both words at `at`, or, if `gap` is not 0, the first words at `at` and the second
 * ones `gap` bytes behind. It writes whole turns of 4 * CHAINS words, so up to 4 * CHAINS - 1 words behind `end`.
 */
function buildHash(module: ModuleBuilder): void {
  module.function(
    "h",
    {
      k0: "i32",
      k1: "i32",
      high: "i32",
      step: "i32",
      low: "i32",
      at: "i32",
      end: "i32",
      gap: "i32",
    },
    undefined,
    (f, { k0, k1, high, step, low, at, end, gap }) => {
      const turns = f.local("i32");
      // The key words as the coming groups add them: after three turns of the list a hash leaves it as it was.
      const next = [
        f.let(i32x4.splat(k1)),
        f.let(i32x4.splat(i32.xor(i32.xor(k0, k1), 0x1bd11bda))),
        f.let(i32x4.splat(k0)),
      ];
      const group = f.let(i32x4.const([0, 1, 2, 3]));
      // The counters of a turn's first vector of hashes, with the first key words added.
      const highs = f.let(
        i32x4.add(i32x4.splat(i32.add(high, k0)), i32x4.mul(group, i32x4.splat(step))),
      );
      const lows = f.let(i32x4.add(i32x4.splat(i32.add(low, k1)), group));
      const highStep = f.let(i32x4.splat(i32.shl(step, 2)));
      const lowStep = f.let(i32x4.splat(4));
      const one = f.let(i32x4.splat(1));
      const word = f.local("v128");
      const a = Array.from({ length: CHAINS }, () => f.local("v128"));
      const b = a.map(() => f.local("v128"));
      const inject = (first: Local<"v128">, second: Local<"v128">): void => {
        f.set(word, i32x4.add(second, group));
        f.set(group, i32x4.add(group, one));
        for (const chain of a) f.set(chain, i32x4.add(chain, first));
        for (const chain of b) f.set(chain, i32x4.add(chain, word));
      };
      f.loop((again) => {
        const count = (chains: Local<"v128">[], first: Local<"v128">, by: Local<"v128">): void => {
          f.set(chains[0], first);
          for (let i = 1; i < CHAINS; i++) f.set(chains[i], i32x4.add(chains[i - 1], by));
          f.set(first, i32x4.add(chains[CHAINS - 1], by));
        };
        count(a, highs, highStep);
        count(b, lows, lowStep);
        f.set(group, one);
        f.set(turns, 2);
        // Groups 0 and 1, 2 and 3, then 4: the loop is left in its middle.
        f.block((done) => {
          f.loop((more) => {
            rounds(f, a, b, EVEN);
            inject(next[0], next[1]);
            f.set(word, next[0]);
            f.set(next[0], next[2]);
            f.set(next[2], next[1]);
            f.set(next[1], word);
            f.branchIf(done, i32.eqz(turns));
            f.set(turns, i32.sub(turns, 1));
            rounds(f, a, b, ODD);
            inject(next[2], next[0]);
            f.branch(more);
          });
        });
        f.if(gap, () => {
          f.set(turns, i32.add(at, gap));
          for (let i = 0; i < CHAINS; i++) f.store(turns, b[i], 16 * i);
        });
        f.if(i32.eqz(gap), () => {
          for (let i = 0; i < CHAINS; i++) f.set(a[i], v128.xor(a[i], b[i]));
        });
        for (let i = 0; i < CHAINS; i++) f.store(at, a[i], 16 * i);
        f.set(at, i32.add(at, 16 * CHAINS));
        f.branchIf(again, i32.ltU(at, end));
      });
    },
  );
}

function rounds(
  f: FunctionBuilder,
  a: Local<"v128">[],
  b: Local<"v128">[],
  rotations: readonly number[],
): void {
  for (const bits of rotations) {
    for (let i = 0; i < CHAINS; i++) {
      f.set(a[i], i32x4.add(a[i], b[i]));
      const rotated = v128.or(i32x4.shl(b[i], bits), i32x4.shrU(b[i], 32 - bits));
      f.set(b[i], v128.xor(rotated, a[i]));
    }
  }
}

/**
 * `u(at, end, span, low)`: replaces each word between the addresses by `span * 2^-23 * (word >>> 9) + low`.
 *
 * Product and sum are rounded once, as in the plain path: in float64, unless there is nothing to add.
 */
function buildScale(module: ModuleBuilder): void {
  module.function(
    "u",
    { at: "i32", end: "i32", span: "f64", low: "f64" },
    undefined,
    (f, { at, end, span, low }) => {
      const spans = f.let(f64x2.splat(span));
      const lows = f.let(f64x2.splat(low));
      const one = f.let(f32x4.splat(1));
      const unit = (word: Expression<"v128">): Expression<"v128"> =>
        f32x4.sub(v128.or(i32x4.shrU(word, 9), one), one);
      f.if(i32.eqz(v128.anyTrue(lows)), () => {
        f.set(spans, f32x4.splat(f32.demoteF64(span)));
        f.loop((again) => {
          f.store(at, f32x4.mul(unit(v128.load(at)), spans));
          f.set(at, i32.add(at, 16));
          f.branchIf(again, i32.ltU(at, end));
        });
        f.return();
      });
      f.loop((again) => {
        for (let offset = 0; offset < 32; offset += 8) {
          const double = f64x2.promoteLowF32x4(unit(v128.load64Zero(at, offset)));
          const value = f64x2.add(f64x2.mul(double, spans), lows);
          f.store64Lane(at, f32x4.demoteF64x2Zero(value), 0, offset);
        }
        f.set(at, i32.add(at, 32));
        f.branchIf(again, i32.ltU(at, end));
      });
    },
  );
}
