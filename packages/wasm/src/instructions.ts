import { encodeUnsigned } from "./leb128.ts";
import { constant, memoryImmediate, operandCode } from "./expression.ts";
import type { Code, Expression, Operand, ValueType } from "./expression.ts";

/** Instructions that take one value of type `From` and give one of type `To`. */
export type UnaryInstructions<
  Names extends string,
  From extends ValueType,
  To extends ValueType = From,
> = {
  readonly [Name in Names]: (x: Operand<From>) => Expression<To>;
};

/** Instructions that take two values of type `From` and give one of type `To`. */
export type BinaryInstructions<
  Names extends string,
  From extends ValueType,
  To extends ValueType = From,
> = {
  readonly [Name in Names]: (a: Operand<From>, b: Operand<From>) => Expression<To>;
};

/** Instructions that read memory at `pointer + offset`; `offset` is a constant, in bytes, 0 by default. */
export type LoadInstructions<Names extends string, To extends ValueType> = {
  readonly [Name in Names]: (pointer: Operand<"i32">, offset?: number) => Expression<To>;
};

/** Opcode of each instruction of a family, by name. */
export type Opcodes<Names extends string> = Readonly<Record<Names, number>>;

/** The family prefix of SIMD instructions, followed by their number in LEB128. */
export function simdOpcode(opcode: number): Code {
  return [0xfd, encodeUnsigned(opcode)];
}

/** One byte for scalar instructions. */
export function scalarOpcode(opcode: number): Code {
  return [opcode];
}

type Encoding = (opcode: number) => Code;

/** Makes the functions of a family of unary instructions. */
export function unaries<Names extends string, From extends ValueType, To extends ValueType>(
  family: string,
  from: From,
  to: To,
  encode: Encoding,
  opcodes: Opcodes<Names>,
): UnaryInstructions<Names, From, To> {
  return mapNames(opcodes, (name, opcode) => {
    const callee = `${family}.${name}`;
    const tail = encode(opcode);
    return (x: Operand<From>): Expression<To> => ({
      type: to,
      code: [operandCode(callee, "x", from, x), tail],
    });
  });
}

/** Makes the functions of a family of binary instructions. */
export function binaries<Names extends string, From extends ValueType, To extends ValueType>(
  family: string,
  from: From,
  to: To,
  encode: Encoding,
  opcodes: Opcodes<Names>,
): BinaryInstructions<Names, From, To> {
  return mapNames(opcodes, (name, opcode) => {
    const callee = `${family}.${name}`;
    const tail = encode(opcode);
    return (a: Operand<From>, b: Operand<From>): Expression<To> => ({
      type: to,
      code: [operandCode(callee, "a", from, a), operandCode(callee, "b", from, b), tail],
    });
  });
}

/** Makes the functions of a family of loads; each entry gives opcode and log2 of the natural alignment. */
export function loads<Names extends string, To extends ValueType>(
  family: string,
  to: To,
  encode: Encoding,
  instructions: Readonly<Record<Names, readonly [opcode: number, alignment: number]>>,
): LoadInstructions<Names, To> {
  return mapNames(instructions, (name, [opcode, alignment]) => {
    const callee = `${family}.${name}`;
    const head = encode(opcode);
    return (pointer: Operand<"i32">, offset = 0): Expression<To> => ({
      type: to,
      code: [
        operandCode(callee, "pointer", "i32", pointer),
        head,
        memoryImmediate(callee, alignment, offset),
      ],
    });
  });
}

/** Makes a constant of a scalar type. */
export function constants<T extends "i32" | "i64" | "f32" | "f64">(
  type: T,
): (value: T extends "i64" ? bigint : number) => Expression<T> {
  return (value) => ({ type, code: constant(`${type}.const`, type, value) });
}

function mapNames<Names extends string, In, Out>(
  table: Readonly<Record<Names, In>>,
  make: (name: string, entry: In) => Out,
): { readonly [Name in Names]: Out } {
  const made: Record<string, Out> = {};
  for (const name of Object.keys(table)) made[name] = make(name, table[name as Names]);
  return made as { [Name in Names]: Out };
}
