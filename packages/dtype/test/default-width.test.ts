import test from "ava";
import {
  defaultComplex,
  defaultFloat,
  defaultInt,
  defaultUint,
  enableX64,
  x64Enabled,
} from "@flaxen/dtype";

const defaults = (): string[] => [defaultFloat(), defaultInt(), defaultUint(), defaultComplex()];

test.serial("enableX64(on) switches the default widths", (t) => {
  t.false(x64Enabled());
  t.deepEqual(defaults(), ["float32", "int32", "uint32", "complex64"]);
  enableX64(true);
  t.true(x64Enabled());
  t.deepEqual(defaults(), ["float64", "int64", "uint64", "complex128"]);
  enableX64(false);
  t.false(x64Enabled());
});

test.serial("enableX64(on) throws TypeError unless on is a boolean and changes nothing", (t) => {
  for (const [on, text] of [
    [1, "1"],
    ["true", '"true"'],
    [undefined, "undefined"],
  ]) {
    t.throws(() => enableX64(on as unknown as boolean), {
      instanceOf: TypeError,
      message: `enableX64: on must be a boolean, got ${text}.`,
    });
  }
  t.false(x64Enabled());
});
