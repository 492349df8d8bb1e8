import { f32x4, i32, i32x4, i8x16, ModuleBuilder, v128 } from "@flaxen/wasm";
import type { Expression, FunctionBuilder, Local } from "@flaxen/wasm";
import { erfInvFar, erfInvNear, log1pNear, logOfNormal, single } from "@flaxen/wasm/float32-parts";

type Vector = Local<"v128">;

/**
 * Builds the module that turns uniform values on (-1, 1) into normal ones, `f(sqrt(2) * erfInv32(u))` in every bit.
 *
 * The logarithm of erfInv32 has two forms; values are sorted by form first and merged again at the end. Logarithms and
 * what follows from them are loops of their own, so short that their values stay in registers.
 *
 * @param fused - Whether for engines with a fused multiply-add.
 */
export function buildNormalModule(fused: boolean): Uint8Array {
  const module = new ModuleBuilder({ fused });
  module.importMemory("", "m");
  buildPartition(module);
  buildCentreLogs(module);
  buildCentre(module);
  buildSideLogs(module);
  buildSides(module);
  buildMerge(module);
  return module.emit();
}

/** Whether `ln(1 - u * u)` takes the form for small arguments. */
function isCentral(u: Vector): Expression<"v128"> {
  return f32x4.lt(f32x4.mul(u, u), f32x4.splat(Math.fround(0.4142135623730951)));
}

/**
 * `p(at, end, centre, sides, masks, packs)`: copies the values to two lists and stores one mask for each vector.
 *
 * @returns The end of the list of central values; the other list follows from it.
 */
function buildPartition(module: ModuleBuilder): void {
  module.function(
    "p",
    { at: "i32", end: "i32", centre: "i32", sides: "i32", masks: "i32", packs: "i32" },
    "i32",
    (f, { at, end, centre, sides, masks, packs }) => {
      const u = f.local("v128");
      const mask = f.local("i32");
      const count = f.local("i32");
      f.while(i32.ltU(at, end), () => {
        f.set(u, v128.load(at));
        f.set(mask, i32.shl(i32x4.bitmask(isCentral(u)), 4));
        f.store8(masks, mask);
        f.set(count, i32.shl(i32.popcnt(mask), 2));
        f.store(centre, i8x16.swizzle(u, v128.load(i32.add(packs, mask))));
        f.store(sides, i8x16.swizzle(u, v128.load(i32.add(packs, i32.xor(mask, 240)))));
        f.set(centre, i32.add(centre, count));
        f.set(sides, i32.add(sides, i32.sub(16, count)));
        f.set(masks, i32.add(masks, 1));
        f.set(at, i32.add(at, 16));
      });
      f.return(centre);
    },
  );
}

/** `m(at, end, centre, sides, masks, spreads, least, most)`: undoes the partition and clips to `[least, most]`. */
function buildMerge(module: ModuleBuilder): void {
  module.function(
    "m",
    {
      at: "i32",
      end: "i32",
      centre: "i32",
      sides: "i32",
      masks: "i32",
      spreads: "i32",
      least: "f32",
      most: "f32",
    },
    undefined,
    (f, { at, end, centre, sides, masks, spreads, least, most }) => {
      const low = f.let(f32x4.splat(least));
      const high = f.let(f32x4.splat(most));
      const mask = f.local("i32");
      const count = f.local("i32");
      f.while(i32.ltU(at, end), () => {
        f.set(mask, i32.load8U(masks));
        f.set(count, i32.shl(i32.popcnt(mask), 2));
        const value = v128.or(
          i8x16.swizzle(v128.load(centre), v128.load(i32.add(spreads, mask))),
          i8x16.swizzle(v128.load(sides), v128.load(i32.add(spreads, i32.xor(mask, 240)))),
        );
        f.store(at, f32x4.pmin(f32x4.pmax(value, low), high));
        f.set(centre, i32.add(centre, count));
        f.set(sides, i32.add(sides, i32.sub(16, count)));
        f.set(masks, i32.add(masks, 1));
        f.set(at, i32.add(at, 16));
      });
    },
  );
}

/**
 * A function `name(at, end, logs)`: turns over `width` vectors of values, so that no unit waits for a result, and over
 * the vectors at `logs` that belong to them.
 *
 * What `body` returns replaces the values or, for `writesLogs`, the logarithms.
 */
function buildLoop(
  module: ModuleBuilder,
  name: string,
  width: number,
  writesLogs: boolean,
  body: (f: FunctionBuilder, us: Vector[], logs: Vector[]) => Expression<"v128">[],
): void {
  module.function(
    name,
    { at: "i32", end: "i32", logs: "i32" },
    undefined,
    (f, { at, end, logs }) => {
      const loadAll = (address: Local<"i32">): Vector[] =>
        Array.from({ length: width }, (_, i) => f.let(v128.load(address, 16 * i)));
      // Tested at the end, so that constants are computed once, see FunctionBuilder.hoist.
      f.if(i32.ltU(at, end), () => {
        f.loop((again) => {
          const results = body(f, loadAll(at), writesLogs ? [] : loadAll(logs));
          for (const [i, result] of results.entries()) {
            f.store(writesLogs ? logs : at, result, 16 * i);
          }
          f.set(at, i32.add(at, 16 * width));
          f.set(logs, i32.add(logs, 16 * width));
          f.branchIf(again, i32.ltU(at, end));
        });
      });
    },
  );
}

/** `a(at, end, logs)`: `-2.5 - ln(1 - u * u)` of values with u * u < 0.414…. */
function buildCentreLogs(module: ModuleBuilder): void {
  buildLoop(module, "a", 2, true, (f, us) => {
    const x = us.map((u) => f.let(f32x4.neg(f32x4.mul(u, u))));
    // Exponents for x <= 0.
    const logs = log1pNear(f, x, [-2, 2, 4, 5, 5], [3, 6, 7]);
    return logs.map((log) => f32x4.sub(single(f, -2.5), log));
  });
}

/** `c(at, end, logs)`: the values that `a` took, from its results. */
function buildCentre(module: ModuleBuilder): void {
  buildLoop(module, "c", 4, false, (f, us, ws) => {
    // Exponents for -ln(1 - u * u) < 0.535.
    const p = erfInvNear(f, ws, [-22, -18, undefined, -13, -10, undefined, -3]);
    return us.map((u, i) => timesRoot2(f, f32x4.mul(p[i], u)));
  });
}

function timesRoot2(f: FunctionBuilder, x: Expression<"v128">): Expression<"v128"> {
  return f32x4.mul(single(f, Math.SQRT2), x);
}

/** `b(at, end, logs)`: `ln(1 - u * u)` of the other values. */
function buildSideLogs(module: ModuleBuilder): void {
  buildLoop(module, "b", 2, true, (f, us) => {
    const one = single(f, 1);
    return logOfNormal(
      f,
      us.map((u) => f.let(f32x4.sub(one, f32x4.mul(u, u)))),
    );
  });
}

/** `s(at, end, logs)`: the values that `b` took, from its results. */
function buildSides(module: ModuleBuilder): void {
  buildLoop(module, "s", 2, false, (f, us, logs) => {
    const ws = logs.map((log) => f.let(f32x4.sub(single(f, -2.5), log)));
    const p = erfInvNear(f, ws);
    const ys = us.map((u, i) => f.let(f32x4.mul(p[i], u)));
    const isFar = logs.map((log) => f.let(f32x4.le(log, single(f, -5))));
    f.if(v128.anyTrue(v128.or(isFar[0], isFar[1])), () => {
      for (const [i, far] of erfInvFar(f, us, logs).entries()) {
        f.set(ys[i], v128.bitselect(far, ys[i], isFar[i]));
      }
    });
    return ys.map((y) => timesRoot2(f, y));
  });
}
