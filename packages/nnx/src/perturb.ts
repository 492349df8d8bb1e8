import { describe } from "@flaxen/dtype";
import { add } from "@flaxen/autodiff";
import type { Tensor, TensorLike } from "@flaxen/autodiff";
import { zeros } from "@flaxen/ndarray";
import { checkInput } from "./arguments.ts";
import { OfType } from "./filters.ts";
import type { VariableClass } from "./filters.ts";
import { findRecorder } from "./sow.ts";
import { isVariable } from "./variable.ts";

/** Adds the perturbation of a name to a value, if there is one. */
export function perturb(
  module: object,
  name: string,
  input: TensorLike,
  type: VariableClass,
): Tensor {
  if (typeof name !== "string" || name === "") {
    throw new TypeError(`Module.perturb: name must be a string, not empty, got ${describe(name)}.`);
  }
  const value = checkInput("Module.perturb", input, "value");
  const perturbation = perturbationOf(module, name, value, type);
  if (perturbation === null) return value;
  const { shape } = perturbation;
  if (shape.length !== value.ndim || shape.some((size, axis) => size !== value.shape[axis])) {
    throw new RangeError(
      `Module.perturb: value must have the shape ${describe(shape)} of the perturbation ${describe(name)}, got ${describe(value)}. Capture perturbations with inputs of the same shapes.`,
    );
  }
  return add(value, perturbation);
}

/** What is recorded under the name, zeros if nothing is; or else what the field of the name holds. */
function perturbationOf(
  module: object,
  name: string,
  value: Tensor,
  type: VariableClass,
): Tensor | null {
  const recorder = findRecorder(module, type);
  if (recorder !== undefined) {
    if (!Object.hasOwn(recorder.value, name)) {
      recorder.value = { ...recorder.value, [name]: zeros(value.shape, value.dtype) };
    }
    return recorder.value[name] as Tensor;
  }
  // The methods that `capture` records are fields for the time being, but not enumerable.
  if (!Object.prototype.propertyIsEnumerable.call(module, name)) return null;
  const field: unknown = (module as Readonly<Record<string, unknown>>)[name];
  if (!isVariable(field) || !OfType(type)([], field)) {
    throw new TypeError(
      `Module.perturb: name must be that of no field but a ${type.name}, got ${describe(name)}, which is ${describe(field)}.`,
    );
  }
  return field.value as Tensor;
}
