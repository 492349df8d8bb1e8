import { add, flip, reshape, slice, transpose } from "@flaxen/autodiff";
import type { Tensor } from "@flaxen/autodiff";
import { flatData } from "@flaxen/ndarray";
import type { NDArray, Shape } from "@flaxen/ndarray";
import type { Variable } from "./variable.ts";

/** How one Variable is made from tensors of PyTorch. */
export interface TorchRule {
  readonly variable: Variable<unknown>;
  /** The names in the state_dict and the shapes that they must have. */
  readonly sources: readonly (readonly [name: string, shape: Shape])[];
  /** Makes the value. */
  readonly build: (tensors: readonly NDArray[]) => Tensor;
  /** Tells why values that fit in shape cannot be used; null if they can. */
  readonly refuse?: (tensors: readonly NDArray[]) => string | null;
}

type Fields = Readonly<Record<string, unknown>>;
type Box = Variable<Tensor>;

/** How the names of a layer are made: `weight` becomes `encoder.0.weight_l0` or the like. */
export type TorchName = (name: string) => string;

/**
 * The rules for the Variables that are fields of a layer, told by its fields and not by its class, so
 * that derived layers and other copies of this package are known too; null for other Modules.
 *
 * @param flattened - channels and spatial sizes of the image map whose elements come in, if the input of a
 *   Linear is one.
 */
export function torchRules(
  layer: Fields,
  name: TorchName,
  flattened: Shape | undefined,
): readonly TorchRule[] | null {
  if ("numHeads" in layer && "query" in layer) return attentionRules(layer, name);
  if ("ii" in layer && "ho" in layer) return lstmRules(layer, name);
  if ("denseI" in layer && "denseH" in layer) return fusedRules(layer, name);
  if ("embedding" in layer) return [same(layer.embedding, name("weight"))];
  if ("negativeSlope" in layer) {
    const slope = layer.negativeSlope as Box;
    return [{ variable: slope, sources: [[name("weight"), [1]]], build: ([w]) => reshape(w, []) }];
  }
  if ("epsilon" in layer && ("scale" in layer || "bias" in layer) && !("layerInstance" in layer)) {
    return [
      ...maybe(layer.scale, (box) => same(box, name("weight"))),
      ...maybe(layer.bias, (box) => same(box, name("bias"))),
      ...maybe(layer.mean, (box) => same(box, name("running_mean"))),
      ...maybe(layer.var, (box) => same(box, name("running_var"))),
    ];
  }
  if (!("kernel" in layer) || !("inFeatures" in layer)) return null;
  const kernel = layer.kernel as Box;
  const bias = maybe(layer.bias, (box) => same(box, name("bias")));
  if ("kernelSize" in layer) return [convolution(layer, kernel, name("weight")), ...bias];
  if (kernel.shape.length !== 2 || typeof layer.inFeatures !== "number") return null;
  return [matrix(kernel, name("weight"), flattened), ...bias];
}

function maybe(value: unknown, rule: (box: Box) => TorchRule): TorchRule[] {
  return value === null || value === undefined ? [] : [rule(value as Box)];
}

function same(value: unknown, name: string): TorchRule {
  const variable = value as Box;
  return { variable, sources: [[name, variable.shape]], build: ([tensor]) => tensor };
}

/** `[out, in]` to `[in, out]`; rows that come from `[channels, ...spatial]` are put channels last. */
function matrix(variable: Box, name: string, flattened?: Shape): TorchRule {
  const [rows, columns] = variable.shape;
  const build = ([weight]: readonly NDArray[]): Tensor => {
    if (flattened === undefined) return transpose(weight);
    const axes = flattened.map((_, axis) => axis + 1);
    const map = reshape(weight, [columns, ...flattened]);
    return reshape(transpose(map, [...axes.slice(1), 1, 0]), [rows, columns]);
  };
  return { variable, sources: [[name, [columns, rows]]], build };
}

/** `[out, in, ...spatial]` to `[...spatial, in, out]`; of a ConvTranspose `in` and `out` change places. */
function convolution(layer: Fields, variable: Box, name: string): TorchRule {
  const { shape } = variable;
  const spatial = shape.slice(0, -2);
  const [second, last] = shape.slice(-2);
  const axes = spatial.map((_, axis) => axis + 2);
  if (layer.transposeKernel !== false) {
    const build = ([weight]: readonly NDArray[]): Tensor => transpose(weight, [...axes, 1, 0]);
    return { variable, sources: [[name, [last, second, ...spatial]]], build };
  }
  const build = ([weight]: readonly NDArray[]): Tensor =>
    spatial.reduce((w: Tensor, _, axis) => flip(w, axis), transpose(weight, [...axes, 0, 1]));
  return { variable, sources: [[name, [second, last, ...spatial]]], build };
}

/** The cells whose gates share a kernel. */
function fusedRules(layer: Fields, name: TorchName): readonly TorchRule[] {
  const [input, state] = [layer.denseI, layer.denseH] as readonly Fields[];
  const rules = [
    matrix(input.kernel as Box, name("weight_ih")),
    matrix(state.kernel as Box, name("weight_hh")),
  ];
  const bias = (input.bias ?? state.bias ?? null) as Box | null;
  if (bias === null) return rules;
  const hidden = (state.kernel as Box).shape[0];
  const isGru = bias.shape[0] === 3 * hidden;
  return [...rules, { ...biasSum(bias, name, 0, 1), ...(isGru ? { refuse: refuseGruBias } : {}) }];
}

/** The sum of the two biases, of which PyTorch has one too many; or one of several equal parts of it. */
function biasSum(variable: Box, name: TorchName, part: number, parts: number): TorchRule {
  const [size] = variable.shape;
  return {
    variable,
    sources: [
      [name("bias_ih"), [parts * size]],
      [name("bias_hh"), [parts * size]],
    ],
    build: ([a, b]) => slice(add(a, b), [part * size], [(part + 1) * size]),
  };
}

// The new content is tanh(... + r * (W_hn h + b_hn)) in PyTorch and has no b_hn in Flax.
function refuseGruBias([, bias]: readonly NDArray[]): string | null {
  const values = Array.from(flatData(bias), Number);
  const exact = values.slice((2 * values.length) / 3).every((value) => value === 0);
  return exact ? null : "the last third must be 0, as GRUCell has no bias there";
}

/** The cell with a layer for each gate: rows of the fused weights. */
function lstmRules(layer: Fields, name: TorchName): readonly TorchRule[] {
  return ["i", "f", "g", "o"].flatMap((gate, part) => {
    const input = layer[`i${gate}`] as Fields;
    const state = layer[`h${gate}`] as Fields;
    return [
      rows(input.kernel as Box, name("weight_ih"), part),
      rows(state.kernel as Box, name("weight_hh"), part),
      ...maybe(state.bias, (box) => biasSum(box, name, part, 4)),
    ];
  });
}

function rows(variable: Box, name: string, part: number): TorchRule {
  const [columns, size] = variable.shape;
  return {
    variable,
    sources: [[name, [4 * size, columns]]],
    build: ([weight]) => transpose(slice(weight, [part * size, 0], [(part + 1) * size, columns])),
  };
}

function attentionRules(layer: Fields, name: TorchName): readonly TorchRule[] {
  const fused = layer.inFeatures === layer.inKvFeatures;
  const maps = ["query", "key", "value"].flatMap((field, part) => {
    const { kernel, bias } = layer[field] as { kernel: Box; bias: Box | null };
    const [features, heads, depth] = kernel.shape;
    const size = heads * depth;
    const short = `${field[0]}_proj_weight`;
    const source = fused ? name("in_proj_weight") : name(short);
    const first = fused ? part * size : 0;
    const rule: TorchRule = {
      variable: kernel,
      sources: [[source, [fused ? 3 * size : size, features]]],
      build: ([weight]) =>
        reshape(transpose(slice(weight, [first, 0], [first + size, features])), [
          features,
          heads,
          depth,
        ]),
    };
    return [
      rule,
      ...maybe(bias, (variable) => ({
        variable,
        sources: [[name("in_proj_bias"), [3 * size]]] as const,
        build: ([all]) => reshape(slice(all, [part * size], [(part + 1) * size]), [heads, depth]),
      })),
    ];
  });
  const { kernel, bias } = layer.out as { kernel: Box; bias: Box | null };
  const [heads, depth, features] = kernel.shape;
  return [
    ...maps,
    {
      variable: kernel,
      sources: [[name("out_proj.weight"), [features, heads * depth]]],
      build: ([weight]) => reshape(transpose(weight), [heads, depth, features]),
    },
    ...maybe(bias, (box) => same(box, name("out_proj.bias"))),
  ];
}
