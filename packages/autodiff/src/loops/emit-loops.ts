import { i32, i32x4 } from "@flaxen/wasm";
import type { FunctionBuilder, Local } from "@flaxen/wasm";
import type { LaneDType, LaneFormula, Lanes, Vector } from "../lanes.ts";
import {
  laneSize,
  loadLanes,
  loadSplat,
  partsOf,
  repeatUnit,
  storeLanes,
  storeRest,
  UNIT,
  unitOf,
} from "./lane-memory.ts";
import type { Count } from "./lane-memory.ts";
import type { LoopOrder } from "./plan-loops.ts";
import { makeAccumulator, maskLanes, restart } from "./reducers.ts";
import type { Accumulator, Reducer } from "./reducers.ts";

/** A loop whose length and steps, in bytes, are known or are parameters. */
export interface EmittedLoop {
  /** Number of turns. */
  readonly length: Count;
  /** Bytes by which each array moves on in a turn. */
  readonly steps: readonly Count[];
}

/** One application in the body of the loops. */
export interface BodyNode {
  /** Its formula, with the parameters bound. */
  readonly formula: (f: FunctionBuilder, operands: readonly Lanes[]) => Lanes;
  /** Positions of the operands among the inputs and nodes. */
  readonly operands: readonly number[];
  /** Element type of the result. */
  readonly dtype: LaneDType;
  /** About how many instructions it takes. */
  readonly cost: number;
}

/** A reduction at the end of the body. */
interface BodyReduction {
  /** How it runs. */
  readonly reducer: Reducer;
  /** Position of the operand. */
  readonly operand: number;
}

/** What is done with each unit of four elements. */
export interface LoopBody {
  /** Element types of the inputs. */
  readonly inputs: readonly LaneDType[];
  /** Applications, operands first. */
  readonly nodes: readonly BodyNode[];
  /** Positions of what is stored. */
  readonly outputs: readonly number[];
  /** What is reduced. */
  readonly reductions: readonly BodyReduction[];
}

/** The loops around a body; arrays are the inputs, the outputs and the results of reductions. */
export interface EmittedNest {
  /** How the loops are nested. */
  readonly order: LoopOrder;
  /** Loops over kept axes. */
  readonly kept: readonly EmittedLoop[];
  /** Loops over reduced axes. */
  readonly reduced: readonly EmittedLoop[];
  /** Turns of the loop in vectors. */
  readonly length: Count;
  /** Whether each array moves along the vectors; the others repeat one element. */
  readonly moves: readonly boolean[];
}

/** Instructions from which a formula is a long chain. */
export const LONG = 30;

type Pointer = Local<"i32">;

/** Binds the parameters of a formula. */
export function bindFormula<P>(
  formula: LaneFormula<P>,
  params: P,
  out: LaneDType,
): BodyNode["formula"] {
  return (f, operands) => formula(f, operands, params, out);
}

/** Writes the loops into a function whose parameters `pointers` are the addresses of the arrays. */
export function emitLoops(
  f: FunctionBuilder,
  body: LoopBody,
  nest: EmittedNest,
  pointers: readonly Pointer[],
): void {
  new LoopEmitter(f, body, nest).emit(pointers);
}

class LoopEmitter {
  private readonly f: FunctionBuilder;
  private readonly body: LoopBody;
  private readonly nest: EmittedNest;
  /** Bytes that one element takes in each array. */
  private readonly sizes: readonly number[];
  /** Whether each value is the same for all elements of a row. */
  private readonly fixed: boolean[];

  constructor(f: FunctionBuilder, body: LoopBody, nest: EmittedNest) {
    this.f = f;
    this.body = body;
    this.nest = nest;
    this.fixed = body.inputs.map((_, i) => !nest.moves[i]);
    for (const { operands } of body.nodes) {
      this.fixed.push(operands.every((position) => this.fixed[position]));
    }
    const dtypes = valueDTypes(body);
    this.sizes = [
      ...body.inputs,
      ...body.outputs.map((position) => dtypes[position]),
      ...body.reductions.map(({ reducer }) => reducer.dtype),
    ].map(laneSize);
  }

  emit(pointers: readonly Pointer[]): void {
    const { nest } = this;
    this.turns(nest.kept, pointers, (own) => {
      if (nest.order === "columns") this.columns(own);
      else if (nest.order === "rows") this.row(own);
      else this.map(own);
    });
  }

  /** Runs `body` in nested loops; the pointers that it gets move with them. */
  private turns(
    loops: readonly EmittedLoop[],
    pointers: readonly Pointer[],
    body: (pointers: readonly Pointer[]) => void,
  ): void {
    const { f } = this;
    const [loop, ...rest] = loops;
    if (loop === undefined) {
      body(pointers);
      return;
    }
    const own = pointers.map((pointer, i) => (loop.steps[i] === 0 ? pointer : f.let(pointer)));
    repeat(f, loop.length, () => {
      this.turns(rest, own, body);
      for (const [i, pointer] of own.entries()) {
        if (loop.steps[i] !== 0) f.set(pointer, i32.add(pointer, loop.steps[i]));
      }
    });
  }

  /** Pointers of which those that move along the vectors may be changed. */
  private ownPointers(pointers: readonly Pointer[]): Pointer[] {
    return pointers.map((pointer, i) => (this.nest.moves[i] ? this.f.let(pointer) : pointer));
  }

  private advance(pointers: readonly Pointer[], units: number): void {
    const { f, nest, sizes } = this;
    for (const [i, pointer] of pointers.entries()) {
      if (nest.moves[i]) f.set(pointer, i32.add(pointer, units * UNIT * sizes[i]));
    }
  }

  /** The values that are the same for a whole row. */
  private fixedValues(pointers: readonly Pointer[]): (Lanes | undefined)[] {
    const { f, body, fixed } = this;
    const values: (Lanes | undefined)[] = body.inputs.map((dtype, i) =>
      fixed[i] ? loadSplat(f, dtype, pointers[i]) : undefined,
    );
    for (const { formula, operands } of body.nodes) {
      values.push(
        fixed[values.length]
          ? formula(
              f,
              operands.map((i) => values[i] as Lanes),
            )
          : undefined,
      );
    }
    return values;
  }

  /** All values of some units. */
  private values(
    pointers: readonly Pointer[],
    units: number,
    fixedValues: readonly (Lanes | undefined)[],
  ): Lanes[] {
    const { f, body } = this;
    const values: Lanes[] = [];
    const next = (compute: () => Lanes): void => {
      const fixed = fixedValues[values.length];
      values.push(fixed === undefined ? compute() : repeatUnit(fixed, units));
    };
    for (const [i, dtype] of body.inputs.entries()) {
      next(() => loadLanes(f, dtype, pointers[i], units));
    }
    for (const { formula, operands } of body.nodes) {
      next(() =>
        formula(
          f,
          operands.map((i) => values[i]),
        ),
      );
    }
    return values;
  }

  /** Writes units, of the last of which only `rest` elements may be written if that is not 0. */
  private write(pointer: Pointer, lanes: Lanes, units: number, rest: Count): void {
    const { f } = this;
    if (rest === 0) {
      storeLanes(f, pointer, lanes);
      return;
    }
    const { dtype, parts } = lanes;
    const whole = units - 1;
    storeLanes(f, pointer, { dtype, parts: parts.slice(0, whole * partsOf(dtype)) });
    storeRest(f, pointer, unitOf(lanes, whole), rest, whole * UNIT * laneSize(dtype));
  }

  private store(
    pointers: readonly Pointer[],
    values: readonly Lanes[],
    units: number,
    rest: Count,
  ): void {
    const { body } = this;
    for (const [i, position] of body.outputs.entries()) {
      this.write(pointers[body.inputs.length + i], values[position], units, rest);
    }
  }

  /**
   * Units that are worked on side by side. Long formulas are chains of dependent instructions, of which four keep the
   * processor busy; otherwise few instructions are repeated to save turns.
   */
  private width(): number {
    const { body, fixed } = this;
    let longest = 0;
    let cost = body.outputs.length;
    for (let i = 0; i < fixed.length; i++) {
      if (fixed[i]) continue;
      const own = i < body.inputs.length ? 1 : body.nodes[i - body.inputs.length].cost;
      longest = Math.max(longest, own);
      cost += own;
    }
    // Four of the longest ones would leave no registers.
    if (longest >= LONG) return longest >= 80 ? 2 : 4;
    return cost <= 10 ? 4 : cost <= 16 ? 2 : 1;
  }

  /**
   * Covers a row. `turn` works on units, of the last of which only `rest` elements count unless that is 0; before the
   * end of the row it moves its pointers on.
   */
  private vectors(
    width: number,
    turn: (units: number, rest: Count, isLast: boolean) => void,
  ): void {
    const { f, nest } = this;
    const { length } = nest;
    if (typeof length === "number") {
      const elements = width * UNIT;
      const turns = Math.floor(length / elements);
      const left = length % elements;
      repeat(f, turns, () => turn(width, 0, turns === 1 && left === 0));
      if (left > 0) turn(Math.ceil(left / UNIT), left % UNIT, true);
      return;
    }
    const shift = Math.log2(width * UNIT);
    repeat(f, f.let(i32.shrU(length, shift)), () => turn(width, 0, false));
    if (width > 1) {
      repeat(f, f.let(i32.and(i32.shrU(length, 2), width - 1)), () => turn(1, 0, false));
    }
    const left = f.let(i32.and(length, UNIT - 1));
    f.if(left, () => turn(1, left, true));
  }

  private map(pointers: readonly Pointer[]): void {
    const fixedValues = this.fixedValues(pointers);
    const own = this.ownPointers(pointers);
    this.vectors(this.width(), (units, rest, isLast) => {
      this.store(own, this.values(own, units, fixedValues), units, rest);
      if (!isLast) this.advance(own, units);
    });
  }

  /** Empty accumulators of all reductions. */
  private accumulators(): Accumulator[] {
    return this.body.reductions.map(({ reducer }) => {
      const accumulator = makeAccumulator(this.f, reducer);
      restart(this.f, reducer, accumulator);
      return accumulator;
    });
  }

  /** Reduces rows. Even and odd units of a row have an accumulator each. */
  private row(pointers: readonly Pointer[]): void {
    const { f, body, nest } = this;
    const isDynamic = typeof nest.length !== "number";
    const sets = [this.accumulators(), this.accumulators()];
    // A unit that comes alone goes to the even accumulator, after which the two change places.
    const exchange = (): void => {
      for (const [i, a] of sets[0].entries()) exchangeLocals(f, a, sets[1][i]);
    };
    this.turns(nest.reduced, pointers, (moved) => {
      const fixedValues = this.fixedValues(moved);
      const own = this.ownPointers(moved);
      this.vectors(isDynamic ? 2 : Math.max(2, this.width()), (units, rest, isLast) => {
        const values = this.values(own, units, fixedValues);
        this.store(own, values, units, rest);
        for (let unit = 0; unit < units; unit++) {
          for (const [i, { reducer, operand }] of body.reductions.entries()) {
            let lanes = unitOf(values[operand], unit);
            if (rest !== 0 && unit === units - 1) {
              lanes = maskLanes(f, reducer, lanes, restMask(f, rest));
            }
            reducer.accumulate(f, sets[unit % 2][i], lanes);
          }
        }
        if (isLast) return;
        if (isDynamic && units === 1) exchange();
        this.advance(own, units);
      });
      // The next row of the same result starts with the even one again.
      if (isDynamic && nest.reduced.length > 0) f.if(i32.and(nest.length, UNIT), exchange);
    });
    const results = body.inputs.length + body.outputs.length;
    for (const [i, { reducer }] of body.reductions.entries()) {
      reducer.storeRow(f, pointers[results + i], sets[0][i], sets[1][i]);
    }
  }

  /** Reduces columns: some units of columns from top to bottom. */
  private columns(pointers: readonly Pointer[]): void {
    const { f, body, nest } = this;
    const own = this.ownPointers(pointers);
    const results = body.inputs.length + body.outputs.length;
    this.vectors(Math.min(4, 2 * this.width()), (units, rest, isLast) => {
      const sets = Array.from({ length: units }, () => this.accumulators());
      this.turns(nest.reduced, own, (moved) => {
        const values = this.values(moved, units, this.fixedValues(moved));
        this.store(moved, values, units, rest);
        for (const [unit, set] of sets.entries()) {
          for (const [i, { reducer, operand }] of body.reductions.entries()) {
            reducer.accumulate(f, set[i], unitOf(values[operand], unit));
          }
        }
      });
      for (const [i, { reducer }] of body.reductions.entries()) {
        const parts = sets.flatMap((set) => reducer.results(f, set[i]).parts);
        this.write(own[results + i], { dtype: reducer.dtype, parts }, units, rest);
      }
      if (!isLast) this.advance(own, units);
    });
  }
}

/** The dtype of each value. */
function valueDTypes(body: LoopBody): LaneDType[] {
  return [...body.inputs, ...body.nodes.map(({ dtype }) => dtype)];
}

/** Ones in the first `rest` lanes. */
function restMask(f: FunctionBuilder, rest: Count): Vector {
  if (typeof rest === "number") {
    return f.hoist(i32x4.const([0, 1, 2, 3].map((lane) => (lane < rest ? 0xffffffff : 0))));
  }
  return f.let(i32x4.gtS(i32x4.splat(rest), f.hoist(i32x4.const([0, 1, 2, 3]))));
}

function exchangeLocals(f: FunctionBuilder, a: Accumulator, b: Accumulator): void {
  for (const [i, x] of a.entries()) {
    const kept = f.let(x);
    f.set(x, b[i]);
    f.set(b[i], kept);
  }
}

/** Runs `body` that many times. */
function repeat(f: FunctionBuilder, count: Count, body: () => void): void {
  if (count === 0) return;
  if (count === 1) {
    body();
    return;
  }
  const loop = (): void => {
    const left = f.local("i32");
    f.set(left, count);
    f.loop((again) => {
      body();
      f.set(left, i32.sub(left, 1));
      f.branchIf(again, left);
    });
  };
  if (typeof count === "number") loop();
  else f.if(count, loop);
}
