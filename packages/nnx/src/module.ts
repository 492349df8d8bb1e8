import type { Tensor, TensorLike } from "@flaxen/autodiff";
import { rest, toPredicate } from "./filters.ts";
import type { Filter, VariableClass } from "./filters.ts";
import { clone } from "./graph.ts";
import type { Path } from "./paths.ts";
import { checkNode } from "./state.ts";
import { perturb } from "./perturb.ts";
import { noteModule } from "./places.ts";
import { Pytree } from "./pytree.ts";
import { record } from "./sow.ts";
import type { SowOptions } from "./sow.ts";
import { traverse } from "./traverse.ts";
import { isVariable } from "./variable.ts";
import { Perturbation } from "./variable-types.ts";

// Marks Modules of every copy of this package.
const MODULE: unique symbol = /* @__PURE__ */ Symbol.for("flaxen.Module");

/** Settings of `Module.setAttributes` and `withAttributes`. */
export interface SetAttributesOptions {
  /** Restricts the change to Modules that the filter selects; `rest` by default. */
  readonly only?: Filter;
  /** Whether a name that no Module has is an error; true by default. */
  readonly raiseIfNotFound?: boolean;
}

/**
 * The base class of layers and models: a class with typed fields and a `forward` method.
 *
 * Assign layers, Variables, or arrays, plain objects and Maps of them to fields; there is nothing to
 * register. State is found by walking the fields when it is asked for.
 *
 * @example
 * ```ts
 * import { Linear, Module, Rngs, state } from "@flaxen/nnx";
 * import type { Tensor } from "@flaxen/autodiff";
 * import { relu } from "@flaxen/autodiff";
 *
 * class MLP extends Module {
 *   layers: Linear[];
 *   constructor(sizes: number[], { rngs }: { rngs: Rngs }) {
 *     super();
 *     this.layers = sizes.slice(1).map((size, i) => new Linear(sizes[i], size, { rngs }));
 *   }
 *   forward(x: Tensor): Tensor {
 *     return this.layers.reduce((h, layer) => relu(layer.forward(h)), x);
 *   }
 * }
 * const model = new MLP([2, 8, 1], { rngs: new Rngs(0) });
 * state(model).layers[0].kernel.shape; // => [2, 8]
 * ```
 */
export class Module extends Pytree {
  /** Makes a Module without fields; derived classes assign them. */
  constructor() {
    super();
    noteModule(this);
  }

  /**
   * Switches this Module and all inside it to training: `deterministic` and `useRunningAverage`
   * become false wherever they exist.
   *
   * @param attributes - further attributes to set wherever they exist.
   */
  train(attributes: Readonly<Record<string, unknown>> = {}): void {
    this.setAttributes(
      { deterministic: false, useRunningAverage: false, ...attributes },
      { raiseIfNotFound: false },
    );
  }

  /**
   * Switches this Module and all inside it to evaluation: `deterministic` and `useRunningAverage`
   * become true wherever they exist.
   *
   * @param attributes - further attributes to set wherever they exist.
   */
  eval(attributes: Readonly<Record<string, unknown>> = {}): void {
    this.setAttributes(
      { deterministic: true, useRunningAverage: true, ...attributes },
      { raiseIfNotFound: false },
    );
  }

  /**
   * Sets attributes of this Module and all inside it, in each that already has the attribute.
   *
   * @param attributes - names and new values.
   * @param options - `only`: which Modules; `raiseIfNotFound` (default true).
   * @throws {@link RangeError} if a name is found nowhere; then nothing is changed.
   */
  setAttributes(
    attributes: Readonly<Record<string, unknown>>,
    options: SetAttributesOptions = {},
  ): void {
    assignAttributes("Module.setAttributes", this, attributes, options);
  }

  /**
   * Records a value for whoever has asked for it with `capture`; outside of `capture` it does nothing.
   *
   * @param type - the class of Variable to record, usually `Intermediate`; exactly this class must have
   *   been asked for.
   * @param name - the name of the value; what a name records repeatedly becomes a list.
   * @param value - usually an array.
   * @param options - see {@link SowOptions}.
   * @returns whether the value was recorded.
   * @throws {@link TypeError} if `name` is no string or empty.
   */
  sow(type: VariableClass, name: string, value: unknown, options: SowOptions = {}): boolean {
    return record(this, type, name, value, options);
  }

  /**
   * Adds a perturbation to an intermediate value, so that `grad` gives the gradient with respect to that value.
   *
   * Where `capture` has asked for the class, or been given perturbations with `init`, it is what is recorded
   * under the name: zeros at first. Elsewhere it is what the field of that name holds, or nothing at all. A name
   * that is used several times has one gradient, the sum over all uses.
   *
   * @param name - the name of the perturbation.
   * @param value - an array. Go on with what is returned, or the gradient is 0.
   * @param type - the class of Variable; `Perturbation` by default.
   * @returns the value plus the perturbation, or the value itself.
   * @throws {@link TypeError} if `name` is no string or empty, or the name of another field; if `value` is no array.
   * @throws {@link RangeError} if `value` has another shape than the perturbation.
   *
   * @example
   * ```ts
   * import { multiply, square, sum } from "@flaxen/autodiff";
   * import type { Tensor } from "@flaxen/autodiff";
   * import { array } from "@flaxen/ndarray";
   * import { capture, DiffState, grad, Module, Perturbation } from "@flaxen/nnx";
   *
   * class Net extends Module {
   *   forward(x: Tensor): Tensor {
   *     const h = this.perturb("hidden", multiply(2, x));
   *     return sum(square(h));
   *   }
   * }
   * const net = new Net();
   * const x = array([1, 2]);
   * const run = (m: Net, x: Tensor) => m.forward(x);
   * const [, zeros] = capture(run, [Perturbation])(net, x);
   * zeros.hidden.value; // => [0, 0]
   * const loss = (init: typeof zeros) => capture(run, [], { init })(net, x)[0];
   * const gradients = grad(loss, { argnums: DiffState(0, Perturbation) })(zeros);
   * gradients.hidden.value; // => [4, 8]
   * ```
   */
  perturb(name: string, value: TensorLike, type: VariableClass = Perturbation): Tensor {
    return perturb(this, name, value, type);
  }

  // Emitting declarations file by file forbids computed member names.
  static {
    Object.defineProperty(this.prototype, MODULE, { value: true });
  }
}

/** Tells whether a value is a Module of any copy of this package. */
export function isModule(value: unknown): value is Module {
  return typeof value === "object" && value !== null && MODULE in value;
}

/**
 * Lists all Modules inside an object, each once, children before parents and names sorted.
 *
 * @param node - a Module, or any other object that `state` accepts.
 * @returns `[path, Module]` pairs; a root Module comes last and has the empty path.
 * @throws {@link TypeError} if `node` cannot hold state.
 *
 * @example
 * ```ts
 * import { Dropout, iterModules, Sequential } from "@flaxen/nnx";
 *
 * const model = new Sequential(new Dropout(0.5), new Dropout(0.1));
 * iterModules(model).map(([path]) => path.join(".")); // => ["layers.0", "layers.1", ""]
 * ```
 */
export function iterModules(node: object): [Path, Module][] {
  checkNode("iterModules", node);
  const modules: [Path, Module][] = [];
  for (const [path, value] of traverse(node, { isLeaf: isVariable }).left) {
    if (isModule(value)) modules.push([path, value]);
  }
  return modules;
}

/**
 * Lists the Modules nearest to an object: those that no other Module lies around.
 *
 * @param node - a Module, or any other object that `state` accepts.
 * @returns `[path, Module]` pairs, names sorted; the path leads through arrays, plain objects and Maps only.
 * @throws {@link TypeError} if `node` cannot hold state.
 *
 * @example
 * ```ts
 * import { Dropout, iterChildren, Sequential } from "@flaxen/nnx";
 *
 * const model = new Sequential(new Sequential(new Dropout(0.5)), new Dropout(0.1));
 * iterChildren(model).map(([path]) => path.join(".")); // => ["layers.0", "layers.1"]
 * ```
 */
export function iterChildren(node: object): [Path, Module][] {
  checkNode("iterChildren", node);
  const inner = iterModules(node).filter(([path]) => path.length > 0);
  return inner.filter(
    ([path]) =>
      !inner.some(
        ([other]) => other.length < path.length && other.every((part, i) => part === path[i]),
      ),
  );
}

/**
 * Returns a second look at a model with other attributes: new Module objects that share the very Variables of the
 * original, which keeps its attributes.
 *
 * @param node - a Module, or any other object that `state` accepts.
 * @param attributes - names and new values, set in each Module that already has the attribute.
 * @param options - `only`: which Modules; `raiseIfNotFound` (default true).
 * @returns an object of the same class.
 * @throws {@link RangeError} if a name is found nowhere.
 * @throws {@link TypeError} if `node` cannot hold state.
 *
 * @example
 * ```ts
 * import { Dropout, Sequential, withAttributes } from "@flaxen/nnx";
 *
 * const model = new Sequential(new Dropout(0.5));
 * withAttributes(model, { rate: 0.1 }).layers[0].rate; // => 0.1
 * model.layers[0].rate; // => 0.5
 * ```
 */
export function withAttributes<T extends object>(
  node: T,
  attributes: Readonly<Record<string, unknown>>,
  options: SetAttributesOptions = {},
): T {
  checkNode("withAttributes", node);
  const copy = clone(node, { variables: false });
  assignAttributes("withAttributes", copy, attributes, options);
  return copy;
}

function assignAttributes(
  callee: string,
  node: object,
  attributes: Readonly<Record<string, unknown>>,
  { only = rest, raiseIfNotFound = true }: SetAttributesOptions,
): void {
  const selects = toPredicate(callee, only);
  const targets = iterModules(node).filter(([path, module]) => selects(path, module));
  const names = Object.keys(attributes);
  const unfound = names.filter((name) => !targets.some(([, module]) => name in module));
  if (raiseIfNotFound && unfound.length > 0) {
    throw new RangeError(
      `${callee}: attributes must exist in at least one selected Module, got ${unfound.join(", ")}.`,
    );
  }
  for (const [, module] of targets) {
    for (const name of names) {
      if (name in module) (module as unknown as Record<string, unknown>)[name] = attributes[name];
    }
  }
}
