import { encodeUnsigned } from "./leb128.ts";
import { memoryImmediate, operandCode } from "./expression.ts";
import type { Code, Expression, Local, Operand, ValueType } from "./expression.ts";
import { simdOpcode } from "./instructions.ts";

/** Names and types of a function's parameters. */
export type Parameters = Readonly<Record<string, ValueType>>;

/** The parameters of a function as locals, by name. */
export type ParameterLocals<P extends Parameters> = { readonly [Name in keyof P]: Local<P[Name]> };

/** A function of the module that is being built; other functions can call it. */
export interface FunctionReference<
  P extends Parameters = Parameters,
  R extends ValueType | undefined = ValueType | undefined,
> {
  /** The name it is exported under. */
  readonly name: string;
  /** Names and types of its parameters, in order. */
  readonly parameters: P;
  /** Type of its result, or undefined. */
  readonly result: R;
  /** Position among the module's functions. */
  readonly index: number;
}

/** The target of a branch: the end of a block, or the start of a loop. */
export interface Label {
  /** Nesting depth of the construct. */
  readonly depth: number;
  /** Identifies one construct of one function. */
  readonly construct: object;
}

/** Block type byte of a construct that leaves no value. */
const NO_VALUE = 0x40;

const TYPE_CODES: Readonly<Record<ValueType, number>> = {
  i32: 0x7f,
  i64: 0x7e,
  f32: 0x7d,
  f64: 0x7c,
  v128: 0x7b,
};

/** The byte that stands for a value type. */
export function typeCode(type: ValueType): number {
  return TYPE_CODES[type];
}

/** Store opcode and log2 of the natural alignment, by type. */
const STORES: Readonly<Record<ValueType, readonly [opcode: Code, alignment: number]>> = {
  i32: [[0x36], 2],
  i64: [[0x37], 3],
  f32: [[0x38], 2],
  f64: [[0x39], 3],
  v128: [[0xfd, 0x0b], 4],
};

/**
 * Writes the statements of one WebAssembly function; {@link ModuleBuilder.function} hands one to its body.
 *
 * @example
 * ```ts
 * import { i32, ModuleBuilder } from "@flaxen/wasm";
 *
 * const module = new ModuleBuilder();
 * module.function("sumBelow", { n: "i32" }, "i32", (f, { n }) => {
 *   const sum = f.local("i32");
 *   const i = f.local("i32");
 *   f.for(i, 0, n, 1, () => f.set(sum, i32.add(sum, i)));
 *   f.return(sum);
 * });
 * module.emit().subarray(0, 4); // => new Uint8Array([0, 0x61, 0x73, 0x6d])
 * ```
 */
export class FunctionBuilder {
  /** Whether float32 functions may use the engine's fused multiply-add. */
  readonly fused: boolean;
  private readonly functionName: string;
  private readonly result: ValueType | undefined;
  private readonly parameterCount: number;
  private readonly localTypes: ValueType[] = [];
  /** The body so far, in the first `length` bytes. */
  private bytes = new Uint8Array(256);
  private length = 0;
  /** Code that stands before all other. */
  private readonly prologue: number[] = [];
  /** The locals of {@link FunctionBuilder.hoist}, by their code. */
  private readonly hoisted: Map<string, Local> = new Map();
  /** The open constructs, outermost first. */
  private readonly open: object[] = [];
  private ended = false;

  /** Starts an empty function; modules do this. */
  constructor(name: string, parameterCount: number, result: ValueType | undefined, fused: boolean) {
    this.fused = fused;
    this.functionName = name;
    this.parameterCount = parameterCount;
    this.result = result;
  }

  /** Declares a local variable, which starts as zero. */
  local<T extends ValueType>(type: T): Local<T> {
    this.localTypes.push(type);
    return makeLocal(this, this.parameterCount + this.localTypes.length - 1, type);
  }

  /** Declares a local variable and computes its value here. */
  let<T extends ValueType>(value: Expression<T>): Local<T> {
    const variable = this.local(value.type);
    this.set(variable, value as Operand<T>);
    return variable;
  }

  /**
   * Declares a local variable whose value is computed once, at the start of the function, whatever loop the
   * statement stands in; equal values share one. Engines would make constants anew in each turn of a loop; some still
   * do where the loop can be left before the statement, so such loops are best tested at their end.
   */
  hoist<T extends ValueType>(value: Expression<T>): Local<T> {
    const { length, ended } = this;
    this.append(value.code);
    const code = this.bytes.slice(length, this.length);
    this.length = length;
    this.ended = ended;
    const key = code.join();
    const known = this.hoisted.get(key);
    if (known !== undefined) return known as Local<T>;
    const variable = this.local(value.type);
    for (const byte of code) this.prologue.push(byte);
    this.prologue.push(0x21, ...encodeUnsigned(variable.index));
    this.hoisted.set(key, variable);
    return variable;
  }

  /** Assigns `value` to a variable. */
  set<T extends ValueType>(variable: Local<T>, value: Operand<T>): void {
    this.append([
      operandCode("FunctionBuilder.set", "value", variable.type, value),
      0x21,
      this.indexOf("FunctionBuilder.set", variable),
    ]);
  }

  /** Assigns `value` to a variable where the resulting expression is used; the expression is that value. */
  tee<T extends ValueType>(variable: Local<T>, value: Operand<T>): Expression<T> {
    return {
      type: variable.type,
      code: [
        operandCode("FunctionBuilder.tee", "value", variable.type, value),
        0x22,
        this.indexOf("FunctionBuilder.tee", variable),
      ],
    };
  }

  /** Writes `value`, in its own width, at `pointer + offset` bytes. */
  store(pointer: Operand<"i32">, value: Expression, offset = 0): void {
    const callee = "FunctionBuilder.store";
    const type = value?.type;
    if (!Object.hasOwn(STORES, type ?? "")) {
      throw new TypeError(`${callee}: value must be an expression, got ${String(value)}.`);
    }
    const [opcode, alignment] = STORES[type];
    this.append([
      operandCode(callee, "pointer", "i32", pointer),
      value.code,
      opcode,
      memoryImmediate(callee, alignment, offset),
    ]);
  }

  /** Writes the low 8 bits of `value` at `pointer + offset` bytes. */
  store8(pointer: Operand<"i32">, value: Operand<"i32">, offset = 0): void {
    this.storeNarrow("FunctionBuilder.store8", 0x3a, 0, pointer, value, offset);
  }

  /** Writes the low 16 bits of `value` at `pointer + offset` bytes. */
  store16(pointer: Operand<"i32">, value: Operand<"i32">, offset = 0): void {
    this.storeNarrow("FunctionBuilder.store16", 0x3b, 1, pointer, value, offset);
  }

  /** Writes one 32-bit lane of a vector at `pointer + offset` bytes. */
  store32Lane(pointer: Operand<"i32">, vector: Operand<"v128">, lane: number, offset = 0): void {
    this.storeLane("FunctionBuilder.store32Lane", 0x5a, 2, 4, pointer, vector, lane, offset);
  }

  /** Writes one 64-bit lane of a vector at `pointer + offset` bytes. */
  store64Lane(pointer: Operand<"i32">, vector: Operand<"v128">, lane: number, offset = 0): void {
    this.storeLane("FunctionBuilder.store64Lane", 0x5b, 3, 2, pointer, vector, lane, offset);
  }

  /** Copies `bytes` bytes within memory; the ranges may overlap. */
  copy(to: Operand<"i32">, from: Operand<"i32">, bytes: Operand<"i32">): void {
    const callee = "FunctionBuilder.copy";
    this.append([
      operandCode(callee, "to", "i32", to),
      operandCode(callee, "from", "i32", from),
      operandCode(callee, "bytes", "i32", bytes),
      [0xfc, 0x0a, 0x00, 0x00],
    ]);
  }

  /** Sets `bytes` bytes of memory to the low 8 bits of `value`. */
  fill(to: Operand<"i32">, value: Operand<"i32">, bytes: Operand<"i32">): void {
    const callee = "FunctionBuilder.fill";
    this.append([
      operandCode(callee, "to", "i32", to),
      operandCode(callee, "value", "i32", value),
      operandCode(callee, "bytes", "i32", bytes),
      [0xfc, 0x0b, 0x00],
    ]);
  }

  /** A stretch of code; branching to its label leaves it. */
  block(body: (label: Label) => void): void {
    this.construct([0x02, NO_VALUE], body);
  }

  /** A stretch of code; branching to its label starts it again, otherwise it runs once. */
  loop(body: (label: Label) => void): void {
    this.construct([0x03, NO_VALUE], body);
  }

  /** Runs `then` when `condition` is not 0, and `otherwise`, if given, when it is. */
  if(condition: Operand<"i32">, then: () => void, otherwise?: () => void): void {
    const test = operandCode("FunctionBuilder.if", "condition", "i32", condition);
    this.construct([test, 0x04, NO_VALUE], () => {
      then();
      if (otherwise) {
        this.append([0x05]);
        otherwise();
      }
    });
  }

  /** Repeats `body` as long as `condition` is not 0, which is tested before each turn. */
  while(condition: Operand<"i32">, body: () => void): void {
    const test = operandCode("FunctionBuilder.while", "condition", "i32", condition);
    this.block((end) => {
      this.loop((again) => {
        this.branchIf(end, { type: "i32", code: [test, 0x45] });
        body();
        this.branch(again);
      });
    });
  }

  /** Runs `body` with `variable` = `from`, `from + step`, … while it is below `to` (signed). */
  for(
    variable: Local<"i32">,
    from: Operand<"i32">,
    to: Operand<"i32">,
    step: Operand<"i32">,
    body: () => void,
  ): void {
    const callee = "FunctionBuilder.for";
    this.set(variable, from);
    const below: Expression<"i32"> = {
      type: "i32",
      code: [variable.code, operandCode(callee, "to", "i32", to), 0x48],
    };
    const next: Expression<"i32"> = {
      type: "i32",
      code: [variable.code, operandCode(callee, "step", "i32", step), 0x6a],
    };
    this.while(below, () => {
      body();
      this.set(variable, next);
    });
  }

  /** Goes to a label of an enclosing construct. */
  branch(label: Label): void {
    this.append([0x0c, this.labelIndex("FunctionBuilder.branch", label)]);
    this.ended = this.open.length === 0;
  }

  /** Goes to a label of an enclosing construct when `condition` is not 0. */
  branchIf(label: Label, condition: Operand<"i32">): void {
    const callee = "FunctionBuilder.branchIf";
    this.append([
      operandCode(callee, "condition", "i32", condition),
      0x0d,
      this.labelIndex(callee, label),
    ]);
  }

  /** Calls a function as a statement; its result, if any, is dropped. */
  call<P extends Parameters>(
    callee: FunctionReference<P>,
    ...operands: { [Name in keyof P]: Operand<P[Name]> }[keyof P][]
  ): void {
    this.append([callCode(callee, operands), callee.result ? [0x1a] : []]);
  }

  /** Leaves the function, with its result if it has one. */
  return(value?: Operand<ValueType>): void {
    const callee = "FunctionBuilder.return";
    if (this.result === undefined && value !== undefined) {
      throw new TypeError(
        `${callee}: value must be absent in a function without a result, got one.`,
      );
    }
    const code = this.result ? operandCode(callee, "value", this.result, value) : [];
    this.append([code, 0x0f]);
    this.ended = this.open.length === 0;
  }

  /** Traps; for places that cannot be reached. */
  unreachable(): void {
    this.append([0x00]);
    this.ended = this.open.length === 0;
  }

  /** The bytes of the function's body, with its locals; modules call this. */
  finish(): Uint8Array {
    if (this.result !== undefined && !this.ended) {
      throw new Error(
        `ModuleBuilder.function: body of ${JSON.stringify(this.functionName)} must end with return or unreachable.`,
      );
    }
    const runs: [type: ValueType, count: number][] = [];
    for (const type of this.localTypes) {
      const last = runs.at(-1);
      if (last?.[0] === type) last[1]++;
      else runs.push([type, 1]);
    }
    const declarations = runs.flatMap(([type, count]) => [
      ...encodeUnsigned(count),
      TYPE_CODES[type],
    ]);
    const head = [...encodeUnsigned(runs.length), ...declarations, ...this.prologue];
    const body = new Uint8Array(head.length + this.length + 1);
    body.set(head);
    body.set(this.bytes.subarray(0, this.length), head.length);
    body[body.length - 1] = 0x0b;
    return body;
  }

  private storeNarrow(
    callee: string,
    opcode: number,
    alignment: number,
    pointer: Operand<"i32">,
    value: Operand<"i32">,
    offset: number,
  ): void {
    this.append([
      operandCode(callee, "pointer", "i32", pointer),
      operandCode(callee, "value", "i32", value),
      opcode,
      memoryImmediate(callee, alignment, offset),
    ]);
  }

  private storeLane(
    callee: string,
    opcode: number,
    alignment: number,
    count: number,
    pointer: Operand<"i32">,
    vector: Operand<"v128">,
    lane: number,
    offset: number,
  ): void {
    if (!Number.isInteger(lane) || lane < 0 || lane >= count) {
      throw new RangeError(`${callee}: lane must be an integer in [0, ${count}), got ${lane}.`);
    }
    this.append([
      operandCode(callee, "pointer", "i32", pointer),
      operandCode(callee, "vector", "v128", vector),
      simdOpcode(opcode),
      memoryImmediate(callee, alignment, offset),
      lane,
    ]);
  }

  private construct(head: Code, body: (label: Label) => void): void {
    this.append(head);
    const construct = {};
    this.open.push(construct);
    body({ depth: this.open.length, construct });
    this.open.pop();
    this.append([0x0b]);
  }

  private labelIndex(callee: string, label: Label): Code {
    if (this.open[label.depth - 1] !== label.construct) {
      throw new Error(`${callee}: label must belong to a construct that is still open.`);
    }
    return encodeUnsigned(this.open.length - label.depth);
  }

  private indexOf(callee: string, variable: Local): Code {
    if (variable.owner !== this) {
      throw new Error(`${callee}: variable must belong to the function that uses it.`);
    }
    return encodeUnsigned(variable.index);
  }

  /** Flattens code onto the end of the body. */
  private append(code: Code): void {
    // Kernels are built at their first use, by code that has not run before: nothing is allocated here.
    for (let i = 0; i < code.length; i++) {
      const part = code[i];
      if (typeof part === "number") this.appendByte(part);
      else if (!("owner" in part)) this.append(part);
      else if (part.owner !== this) {
        throw new Error(
          `FunctionBuilder: a local must be read in the function that declared it, got one of another function in ${JSON.stringify(this.functionName)}.`,
        );
      } else if (part.index < 0x80) this.appendByte(part.index);
      else this.append(encodeUnsigned(part.index));
    }
    this.ended = false;
  }

  private appendByte(byte: number): void {
    if (this.length === this.bytes.length) {
      const longer = new Uint8Array(2 * this.length);
      longer.set(this.bytes);
      this.bytes = longer;
    }
    this.bytes[this.length++] = byte;
  }
}

/** Makes the local with the given index; its code reads the variable. */
export function makeLocal<T extends ValueType>(owner: object, index: number, type: T): Local<T> {
  const code: (number | Local)[] = [0x20];
  const variable: Local<T> = { type, index, owner, code };
  code.push(variable);
  return variable;
}

/** The code of a call: operands in order, then the call. */
function callCode(callee: FunctionReference, operands: readonly unknown[]): Code {
  const entries = Object.entries(callee.parameters);
  if (operands.length !== entries.length) {
    throw new RangeError(
      `${callee.name}: operands must be ${entries.length} in number, got ${operands.length}.`,
    );
  }
  return [
    ...entries.map(([name, type], i) => operandCode(callee.name, name, type, operands[i])),
    0x10,
    encodeUnsigned(callee.index),
  ];
}

/**
 * Calls a function of the module for its result.
 *
 * @param callee - The function; it must have a result.
 * @param operands - One operand for each of its parameters, in order.
 * @returns The result as an expression.
 * @throws {@link RangeError} if the number of operands is wrong.
 * @throws {@link TypeError} if an operand has the wrong type, or the function has no result.
 *
 * @example
 * ```ts
 * import { callFunction, f32, ModuleBuilder } from "@flaxen/wasm";
 *
 * const module = new ModuleBuilder();
 * const square = module.function("square", { x: "f32" }, "f32", (f, { x }) => {
 *   f.return(f32.mul(x, x));
 * });
 * module.function("fourthPower", { x: "f32" }, "f32", (f, { x }) => {
 *   f.return(callFunction(square, callFunction(square, x)));
 * });
 * ```
 */
export function callFunction<P extends Parameters, R extends ValueType>(
  callee: FunctionReference<P, R>,
  ...operands: { [Name in keyof P]: Operand<P[Name]> }[keyof P][]
): Expression<R> {
  if (callee.result === undefined) {
    throw new TypeError(
      `callFunction: callee must have a result, got ${JSON.stringify(callee.name)}, which has none.`,
    );
  }
  return { type: callee.result, code: callCode(callee, operands) };
}
