import { f32x4, f64, f64x2, i32, i32x4, i8x16, ModuleBuilder, v128 } from "@flaxen/wasm";
import type { Expression, FunctionBuilder, Local } from "@flaxen/wasm";

type Vector = Local<"v128">;

/**
 * Builds the module that turns uniform values on (-1, 1) into normal ones, `f(sqrt(2) * erfInv32(u))` in every bit.
 *
 * A fused multiply-add of float32 is a float64 product, which is exact, a float64 sum, and one rounding to float32.
 * Where all results of a step lie in one binade that rounding is `(x + M) - M`, with `M` so large that the sum has
 * float32's last place there; elsewhere it is a demotion. The logarithm of erfInv32 has two forms; values are sorted
 * by form first and merged again at the end. Logarithms and what follows from them are loops of their own, so short that
 * their values stay in registers.
 */
export function buildNormalModule(): Uint8Array {
  const module = new ModuleBuilder();
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

/** Where constants are kept, behind all that src/normal-kernel.ts lays out. */
const CONSTANTS = 60 * 1024;

/**
 * Constants that are computed once before the loop.
 *
 * They are stored and loaded again: engines would compute constants that they know anew in each turn.
 */
class Constants {
  private readonly f: FunctionBuilder;
  private readonly locals: Map<string, Vector> = new Map();
  /** What was asked for, in order. */
  readonly wanted: [name: string, value: Expression<"v128">][] = [];

  constructor(f: FunctionBuilder) {
    this.f = f;
  }

  /** A float64 in both lanes. */
  double(x: number): Vector {
    return this.get(`double ${x}`, f64x2.splat(f64.const(x)));
  }

  /** A float32 in all lanes. */
  single(x: number): Vector {
    return this.get(`single ${x}`, f32x4.splat(Math.fround(x)));
  }

  /** A 32-bit pattern in all lanes. */
  word(x: number): Vector {
    return this.get(`word ${x}`, i32x4.splat(x));
  }

  /** The constant of that name, computed here if it is new. */
  get(name: string, value: Expression<"v128">): Vector {
    let local = this.locals.get(name);
    if (!local) {
      const place = i32.const(CONSTANTS + 16 * this.locals.size);
      this.f.store(place, value);
      local = this.f.let(v128.load(place));
      this.locals.set(name, local);
      this.wanted.push([name, value]);
    }
    return local;
  }
}

/** A step of Horner's scheme: coefficient, and the exponent of the result where all results share one. */
type Step = readonly [coefficient: number, exponent?: number];

/** The M whose sums with numbers of that binary exponent have the last place of float32. */
function magic(exponent: number): number {
  return 1.5 * 2 ** (29 + exponent);
}

/** Values as float32 vectors and as pairs of float64 vectors. */
class Lanes {
  readonly f: FunctionBuilder;
  readonly constants: Constants;

  constructor(f: FunctionBuilder, constants: Constants) {
    this.f = f;
    this.constants = constants;
  }

  /** float32 vectors as float64 ones, two for each. */
  widen(singles: readonly Vector[]): Vector[] {
    return singles.flatMap((x) => [
      this.f.let(f64x2.promoteLowF32x4(x)),
      this.f.let(f64x2.promoteLowF32x4(i32x4.shuffle(x, x, [2, 3, 2, 3]))),
    ]);
  }

  /** Rounds float64 vectors to float32 ones, half as many. */
  narrow(doubles: readonly Expression<"v128">[]): Vector[] {
    return doubles.flatMap((low, i) =>
      i % 2 === 1
        ? []
        : [
            this.f.let(
              f32x4.shuffle(
                f32x4.demoteF64x2Zero(low),
                f32x4.demoteF64x2Zero(doubles[i + 1]),
                [0, 1, 4, 5],
              ),
            ),
          ],
    );
  }

  /** `sum[i] = f(factor[i] * x[i] + addend(i))` in float64 lanes, with the exponent that all results share, if any. */
  fma(
    sums: readonly Vector[],
    factors: readonly Vector[],
    xs: readonly Vector[],
    addend: (i: number) => Vector,
    exponent?: number,
  ): void {
    for (const [i, sum] of sums.entries()) {
      const exact = f64x2.add(f64x2.mul(factors[i], xs[i]), addend(i));
      this.f.set(
        sum,
        exponent === undefined
          ? f64x2.promoteLowF32x4(f32x4.demoteF64x2Zero(exact))
          : this.lower(f64x2.add(exact, this.constants.double(magic(exponent))), exponent),
      );
    }
  }

  /** A step whose addend is a constant. */
  step(
    sums: readonly Vector[],
    factors: readonly Vector[],
    xs: readonly Vector[],
    [coefficient, exponent]: Step,
  ): void {
    const { constants } = this;
    const c = Math.fround(coefficient);
    if (exponent === undefined || c + magic(exponent) - magic(exponent) !== c) {
      this.fma(sums, factors, xs, () => constants.double(c), exponent);
      return;
    }
    // c + M is exact: one addition less, and the only rounding is that of the sum.
    for (const [i, sum] of sums.entries()) {
      const raised = f64x2.add(f64x2.mul(factors[i], xs[i]), constants.double(c + magic(exponent)));
      this.f.set(sum, this.lower(raised, exponent));
    }
  }

  /** Takes M away from a sum that holds it. */
  private lower(raised: Expression<"v128">, exponent: number): Expression<"v128"> {
    return f64x2.sub(raised, this.constants.double(magic(exponent)));
  }

  /** Horner's scheme in `xs`: steps that round in float64 lanes, then a last one that gives float32 vectors. */
  polynomial(
    first: number,
    xs: readonly Vector[],
    steps: readonly Step[],
    last: number,
    constants: Constants = this.constants,
  ): Vector[] {
    const start = constants.double(Math.fround(first));
    const sums = xs.map(() => this.f.local("v128"));
    for (const [i, step] of steps.entries()) {
      this.step(sums, i === 0 ? xs.map(() => start) : sums, xs, step);
    }
    return this.narrow(
      xs.map((x, i) => f64x2.add(f64x2.mul(sums[i], x), constants.double(Math.fround(last)))),
    );
  }
}

/**
 * A function `name(at, end, logs)`: turns over `width` vectors of values, so that no unit waits for a result, and over
 * the vectors at `logs` that belong to them.
 *
 * The constants that `body` asks for stand before the loop. It returns what replaces the values or, for `writesLogs`,
 * the logarithms.
 */
function buildLoop(
  module: ModuleBuilder,
  name: string,
  width: number,
  writesLogs: boolean,
  body: (lanes: Lanes, us: Vector[], logs: Vector[]) => Expression<"v128">[],
): void {
  const turn = (
    f: FunctionBuilder,
    constants: Constants,
    at: Local<"i32">,
    logs: Local<"i32">,
  ): void => {
    const loadAll = (address: Local<"i32">): Vector[] =>
      Array.from({ length: width }, (_, i) => f.let(v128.load(address, 16 * i)));
    const results = body(new Lanes(f, constants), loadAll(at), writesLogs ? [] : loadAll(logs));
    for (const [i, result] of results.entries()) f.store(writesLogs ? logs : at, result, 16 * i);
    f.set(at, i32.add(at, 16 * width));
    f.set(logs, i32.add(logs, 16 * width));
  };
  // A trial turn, written only to learn which constants there are.
  const wanted: Constants["wanted"] = [];
  new ModuleBuilder().function(name, { at: "i32", logs: "i32" }, undefined, (f, { at, logs }) => {
    const constants = new Constants(f);
    turn(f, constants, at, logs);
    wanted.push(...constants.wanted);
  });
  module.function(
    name,
    { at: "i32", end: "i32", logs: "i32" },
    undefined,
    (f, { at, end, logs }) => {
      const constants = new Constants(f);
      for (const [constant, value] of wanted) constants.get(constant, value);
      f.while(i32.ltU(at, end), () => turn(f, constants, at, logs));
    },
  );
}

const NUMERATOR: Step[] = [
  [4.9854102823193375972212e-1, -2],
  [6.5787325942061044846969, 2],
  [29.911919328553073277375, 4],
  [60.949667980987787057556, 5],
  [57.112963590585538103336, 5],
];
const DENOMINATOR: Step[] = [
  [15.062909083469192043167, 3],
  [83.047565967967209469434, 6],
  [221.76239823732856465394, 7],
  [309.09872225312059774938],
  [216.42788614495947685003],
];
/** The polynomial in w - 2.5; exponents hold for w < 0.535. */
const ERF_INV_CENTRE: Step[] = [
  [3.43273939e-7, -22],
  [-3.5233877e-6, -18],
  [-4.39150654e-6],
  [0.00021858087, -13],
  [-0.00125372503, -10],
  [-0.00417768164],
  [0.246640727, -3],
];
/** The same where exponents hold for all w < 5. */
const ERF_INV_SIDES: Step[] = ERF_INV_CENTRE.map(([c, exponent], i): Step =>
  exponent !== undefined && [0, 3, 6].includes(i) ? [c, exponent] : [c],
);

/** `a(at, end, logs)`: `-2.5 - ln(1 - u * u)` of values with u * u < 0.414…. */
function buildCentreLogs(module: ModuleBuilder): void {
  buildLoop(module, "a", 2, true, (lanes, us) => {
    const { constants, f } = lanes;
    const x = us.map((u) => f.let(f32x4.neg(f32x4.mul(u, u))));
    const wide = lanes.widen(x);
    const n = lanes.polynomial(
      4.5270000862445199635215e-5,
      wide,
      NUMERATOR,
      20.039553499201281259648,
    );
    const d = lanes.polynomial(1, wide, DENOMINATOR, 60.118660497603843919306);
    return x.map((v, i) => {
      const square = f.let(f32x4.mul(v, v));
      const t = f32x4.mul(f32x4.mul(v, square), f32x4.div(n[i], d[i]));
      const log = f32x4.add(v, f32x4.add(f32x4.mul(constants.single(-0.5), square), t));
      return f32x4.sub(constants.single(-2.5), log);
    });
  });
}

/** `c(at, end, logs)`: the values that `a` took, from its results. */
function buildCentre(module: ModuleBuilder): void {
  buildLoop(module, "c", 4, false, (lanes, us, w) => {
    const p = lanes.polynomial(2.81022636e-8, lanes.widen(w), ERF_INV_CENTRE, 1.50140941);
    return us.map((u, i) => timesRoot2(lanes, f32x4.mul(p[i], u)));
  });
}

function timesRoot2({ constants }: Lanes, x: Expression<"v128">): Expression<"v128"> {
  return f32x4.mul(constants.single(Math.SQRT2), x);
}

/** `b(at, end, logs)`: `ln(1 - u * u)` of the other values. */
function buildSideLogs(module: ModuleBuilder): void {
  buildLoop(module, "b", 2, true, (lanes, us) => {
    const { constants, f } = lanes;
    const exponents: Vector[] = [];
    const t = us.map((u) => {
      const x = f.let(f32x4.add(constants.single(1), f32x4.neg(f32x4.mul(u, u))));
      const m = f.let(v128.or(v128.and(x, constants.word(0x007fffff)), constants.word(0x3f000000)));
      const low = f.let(f32x4.lt(m, constants.single(0.707106781186547524)));
      const e = i32x4.sub(i32x4.add(i32x4.shrU(x, 23), low), constants.word(126));
      exponents.push(f.let(f32x4.convertI32x4S(e)));
      return f.let(f32x4.add(f32x4.sub(m, constants.single(1)), v128.and(m, low)));
    });
    const z = t.map((v) => f.let(f32x4.mul(v, v)));
    const cube = lanes.widen(z.map((v, i) => f.let(f32x4.mul(v, t[i]))));
    const wide = lanes.widen(t);
    const part = (first: number, second: Step, third: Step): Vector[] => {
      const start = constants.double(Math.fround(first));
      const sums = wide.map(() => f.local("v128"));
      lanes.step(
        sums,
        wide.map(() => start),
        wide,
        second,
      );
      lanes.step(sums, sums, wide, third);
      return sums;
    };
    const y = part(7.0376836292e-2, [-1.151461031e-1], [1.167699874e-1]);
    const y1 = part(-1.2420140846e-1, [1.4249322787e-1], [-1.6668057665e-1, -3]);
    const y2 = part(2.0000714765e-1, [-2.4999993993e-1], [3.3333331174e-1, -2]);
    lanes.fma(y, y, cube, (i) => y1[i]);
    lanes.fma(y, y, cube, (i) => y2[i], -2);
    const small = lanes.widen(
      exponents.map((e) => f.let(f32x4.mul(constants.single(-2.1219444e-4), e))),
    );
    const tail = lanes.narrow(y.map((v, i) => f64x2.add(f64x2.mul(v, cube[i]), small[i])));
    return t.map((v, i) => {
      const r = f32x4.add(f32x4.sub(v, f32x4.mul(constants.single(0.5), z[i])), tail[i]);
      return f32x4.add(f32x4.mul(constants.single(0.693359375), exponents[i]), r);
    });
  });
}

/** `s(at, end, logs)`: the values that `b` took, from its results. */
function buildSides(module: ModuleBuilder): void {
  buildLoop(module, "s", 2, false, (lanes, us, logs) => {
    const { constants, f } = lanes;
    const w = logs.map((log) => f.let(f32x4.sub(constants.single(-2.5), log)));
    const p = lanes.polynomial(2.81022636e-8, lanes.widen(w), ERF_INV_SIDES, 1.50140941);
    const ys = us.map((u, i) => f.let(f32x4.mul(p[i], u)));
    const far = logs.map((log) => f.let(f32x4.le(log, constants.single(-5))));
    const anyFar = far.slice(1).reduce<Expression<"v128">>((a, b) => v128.or(a, b), far[0]);
    f.if(v128.anyTrue(anyFar), () => {
      const rest = logs.map((log) => f.let(f32x4.sub(f32x4.sqrt(f32x4.neg(log)), f32x4.splat(3))));
      const q = lanes.polynomial(
        -0.000200214257,
        lanes.widen(rest),
        [
          [0.000100950558],
          [0.00134934322],
          [-0.00367342844],
          [0.00573950773],
          [-0.0076224613],
          [0.00943887047],
          [1.00167406],
        ],
        2.83297682,
        new Constants(f),
      );
      for (const [i, y] of ys.entries()) {
        const u = us[i];
        const end = f32x4.eq(f32x4.abs(u), f32x4.splat(1));
        const value = v128.bitselect(f32x4.mul(u, f32x4.splat(Infinity)), f32x4.mul(q[i], u), end);
        f.set(y, v128.bitselect(value, y, far[i]));
      }
    });
    return ys.map((y) => timesRoot2(lanes, y));
  });
}
