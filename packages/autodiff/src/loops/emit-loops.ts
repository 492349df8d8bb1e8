import { i32, i32x4 } from "@flaxen/wasm";
import type { FunctionBuilder, Local } from "@flaxen/wasm";
import type { LaneDType, LaneFormula, Lanes, Vector } from "../lanes.ts";
import { laneSize, loadLanes, loadSplat, storeLanes, storeRest, UNIT } from "./lane-memory.ts";
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
export interface BodyReduction {
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

  /** All values of one unit. */
  private unit(
    pointers: readonly Pointer[],
    unit: number,
    fixedValues: readonly (Lanes | undefined)[],
  ): Lanes[] {
    const { f, body } = this;
    const values: Lanes[] = body.inputs.map(
      (dtype, i) => fixedValues[i] ?? loadLanes(f, dtype, pointers[i], unit * UNIT),
    );
    for (const { formula, operands } of body.nodes) {
      values.push(
        fixedValues[values.length] ??
          formula(
            f,
            operands.map((i) => values[i]),
          ),
      );
    }
    return values;
  }

  /** Writes the outputs of one unit. */
  private store(
    pointers: readonly Pointer[],
    unit: number,
    values: readonly Lanes[],
    rest: Count | undefined,
  ): void {
    const { f, body } = this;
    for (const [i, position] of body.outputs.entries()) {
      const pointer = pointers[body.inputs.length + i];
      if (rest === undefined) storeLanes(f, pointer, values[position], unit * UNIT);
      else storeRest(f, pointer, values[position], rest);
    }
  }

  /** Units that are worked on in one turn. */
  private unroll(): number {
    const { body, fixed } = this;
    let cost = body.outputs.length;
    for (let i = 0; i < fixed.length; i++) {
      if (fixed[i]) continue;
      cost += i < body.inputs.length ? 1 : body.nodes[i - body.inputs.length].cost;
    }
    return cost <= 6 ? 4 : cost <= 16 ? 2 : 1;
  }

  /**
   * Covers a row by turns of several units, single units and a rest of less than one. The code for units moves its
   * pointers on.
   */
  private vectors(
    unroll: number,
    units: (count: number) => void,
    rest: (count: Count) => void,
  ): void {
    const { f, nest } = this;
    const { length } = nest;
    if (typeof length === "number") {
      const turn = unroll * UNIT;
      repeat(f, Math.floor(length / turn), () => units(unroll));
      const single = Math.floor((length % turn) / UNIT);
      if (single > 0) units(single);
      if (length % UNIT > 0) rest(length % UNIT);
      return;
    }
    const shift = Math.log2(unroll * UNIT);
    repeat(f, f.let(i32.shrU(length, shift)), () => units(unroll));
    if (unroll > 1) {
      repeat(f, f.let(i32.and(i32.shrU(length, 2), unroll - 1)), () => units(1));
    }
    const left = f.let(i32.and(length, UNIT - 1));
    f.if(left, () => rest(left));
  }

  private map(pointers: readonly Pointer[]): void {
    const fixedValues = this.fixedValues(pointers);
    const own = this.ownPointers(pointers);
    this.vectors(
      this.unroll(),
      (count) => {
        for (let u = 0; u < count; u++)
          this.store(own, u, this.unit(own, u, fixedValues), undefined);
        this.advance(own, count);
      },
      (rest) => this.store(own, 0, this.unit(own, 0, fixedValues), rest),
    );
  }

  /**
   * Reduces rows. Even and odd units of a row have an accumulator each; a single unit goes to the even one, after
   * which they change places, so that the rest goes to the even one too.
   */
  private row(pointers: readonly Pointer[]): void {
    const { f, body, nest } = this;
    const accumulators = body.reductions.map(({ reducer }) =>
      [0, 1].map(() => {
        const accumulator = makeAccumulator(f, reducer);
        restart(f, reducer, accumulator);
        return accumulator;
      }),
    );
    const take = (values: readonly Lanes[], set: number): void => {
      for (const [i, { reducer, operand }] of body.reductions.entries()) {
        reducer.accumulate(f, accumulators[i][set], values[operand]);
      }
    };
    const exchange = (): void => {
      for (const [a, b] of accumulators) exchangeLocals(f, a, b);
    };
    this.turns(nest.reduced, pointers, (moved) => {
      const fixedValues = this.fixedValues(moved);
      const own = this.ownPointers(moved);
      this.vectors(
        2,
        (count) => {
          for (let u = 0; u < count; u++) {
            const values = this.unit(own, u, fixedValues);
            this.store(own, u, values, undefined);
            take(values, u);
          }
          if (count === 1) exchange();
          this.advance(own, count);
        },
        (rest) => {
          const values = this.unit(own, 0, fixedValues);
          this.store(own, 0, values, rest);
          const mask = restMask(f, rest);
          for (const [i, { reducer, operand }] of body.reductions.entries()) {
            reducer.accumulate(f, accumulators[i][0], maskLanes(f, reducer, values[operand], mask));
          }
        },
      );
      // The next row of the same result starts with the even one again.
      if (nest.reduced.length > 0) {
        if (typeof nest.length !== "number") f.if(i32.and(nest.length, UNIT), exchange);
        else if ((nest.length & UNIT) !== 0) exchange();
      }
    });
    const results = body.inputs.length + body.outputs.length;
    for (const [i, { reducer }] of body.reductions.entries()) {
      const [a, b] = accumulators[i];
      reducer.storeRow(f, pointers[results + i], a, b);
    }
  }

  /** Reduces columns: each unit of columns from top to bottom. */
  private columns(pointers: readonly Pointer[]): void {
    const { f, body, nest } = this;
    const own = this.ownPointers(pointers);
    const results = body.inputs.length + body.outputs.length;
    const block = (count: number, rest: Count | undefined): void => {
      const accumulators = Array.from({ length: count }, () =>
        body.reductions.map(({ reducer }) => {
          const accumulator = makeAccumulator(f, reducer);
          restart(f, reducer, accumulator);
          return accumulator;
        }),
      );
      this.turns(nest.reduced, own, (moved) => {
        const fixedValues = this.fixedValues(moved);
        for (let u = 0; u < count; u++) {
          const values = this.unit(moved, u, fixedValues);
          this.store(moved, u, values, rest);
          for (const [i, { reducer, operand }] of body.reductions.entries()) {
            reducer.accumulate(f, accumulators[u][i], values[operand]);
          }
        }
      });
      for (let u = 0; u < count; u++) {
        for (const [i, { reducer }] of body.reductions.entries()) {
          const lanes = reducer.results(f, accumulators[u][i]);
          if (rest === undefined) storeLanes(f, own[results + i], lanes, u * UNIT);
          else storeRest(f, own[results + i], lanes, rest);
        }
      }
    };
    this.vectors(
      Math.min(4, 2 * this.unroll()),
      (count) => {
        block(count, undefined);
        this.advance(own, count);
      },
      (rest) => block(1, rest),
    );
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
