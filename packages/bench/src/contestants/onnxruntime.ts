import { call } from "../contestant.ts";
import type { Adapter, Call } from "../contestant.ts";
import { numbers, permuted } from "../inputs.ts";
import { importPeer, requirePeer } from "../peer-modules.ts";

type Shape = readonly number[];
type Inputs = Readonly<Record<string, readonly [values: Float32Array, shape: Shape]>>;

const FLOAT = 1;

/** Graphs of one node, on the WebAssembly provider with one thread. */
export async function adapter(): Promise<Adapter> {
  const ort = (await importPeer("onnxruntime-web")) as any;
  const { onnx } = requirePeer("onnx-proto");
  ort.env.wasm.numThreads = 1;
  ort.env.logLevel = "error";

  /** A model of one node; `constants` are stored in it, as weights are. */
  function model(
    op: string,
    inputs: Inputs,
    outputShape: Shape,
    attributes: any[],
    constants: Inputs,
  ): Uint8Array {
    const valueInfo = (name: string, shape: Shape): object => ({
      name,
      type: {
        tensorType: { elemType: FLOAT, shape: { dim: shape.map((n) => ({ dimValue: n })) } },
      },
    });
    const initializer = Object.entries(constants).map(([name, [values, shape]]) => ({
      name,
      dims: shape,
      dataType: FLOAT,
      rawData: new Uint8Array(values.buffer),
    }));
    const graph = {
      name: op,
      node: [
        {
          opType: op,
          input: [...Object.keys(inputs), ...Object.keys(constants)],
          output: ["y"],
          attribute: attributes,
        },
      ],
      input: Object.entries(inputs).map(([name, [, shape]]) => valueInfo(name, shape)),
      output: [valueInfo("y", outputShape)],
      initializer,
    };
    const opsetImport = [{ domain: "", version: 17 }];
    return onnx.ModelProto.encode(
      onnx.ModelProto.create({ irVersion: 8, opsetImport, graph }),
    ).finish();
  }

  async function node(
    op: string,
    inputs: Inputs,
    outputShape: Shape,
    {
      attributes = [],
      constants = {},
      read = (y: Float32Array) => y,
    }: { attributes?: any[]; constants?: Inputs; read?: (y: Float32Array) => Float32Array } = {},
  ): Promise<Call> {
    const session = await ort.InferenceSession.create(
      model(op, inputs, outputShape, attributes, constants),
      {
        executionProviders: ["wasm"],
        graphOptimizationLevel: "all",
      },
    );
    const feeds = Object.fromEntries(
      Object.entries(inputs).map(([name, [values, shape]]) => [
        name,
        new ort.Tensor("float32", values, shape),
      ]),
    );
    return call<any>({ run: () => session.run(feeds), read: ({ y }) => read(y.data) });
  }

  return ({ kind, sizes }) => {
    const { n, rows, columns } = sizes as Record<string, number>;
    switch (kind) {
      case "matmul": {
        if (sizes["transposeA"] || sizes["transposeB"]) {
          const attributes = [
            { name: "transA", type: 2, i: sizes["transposeA"] },
            { name: "transB", type: 2, i: sizes["transposeB"] },
          ];
          return node(
            "Gemm",
            { a: [numbers(n! * n!, 1), [n!, n!]], b: [numbers(n! * n!, 2), [n!, n!]] },
            [n!, n!],
            { attributes },
          );
        }
        return node(
          "MatMul",
          { a: [numbers(n! * n!, 1), [n!, n!]], b: [numbers(n! * n!, 2), [n!, n!]] },
          [n!, n!],
        );
      }
      case "convForward": {
        const { batch, side, in: inputs, out, window } = sizes as Record<string, number>;
        const x = permuted(
          numbers(batch! * side! ** 2 * inputs!, 1),
          [batch!, side!, side!, inputs!],
          [0, 3, 1, 2],
        );
        const k = permuted(
          numbers(window! ** 2 * inputs! * out!, 2),
          [window!, window!, inputs!, out!],
          [3, 2, 0, 1],
        );
        return node(
          "Conv",
          { x: [x, [batch!, inputs!, side!, side!]] },
          [batch!, out!, side!, side!],
          {
            attributes: [{ name: "auto_pad", type: 3, s: new TextEncoder().encode("SAME_UPPER") }],
            constants: { k: [k, [out!, inputs!, window!, window!]] },
            read: (y) => permuted(y, [batch!, out!, side!, side!], [0, 2, 3, 1]),
          },
        );
      }
      case "softmax":
        return node("Softmax", { x: [numbers(10 ** 6, 1), [rows!, columns!]] }, [rows!, columns!]);
      case "layerNorm":
        return node(
          "LayerNormalization",
          { x: [numbers(10 ** 6, 1), [rows!, columns!]] },
          [rows!, columns!],
          {
            attributes: [{ name: "epsilon", type: 1, f: 1e-6 }],
            constants: {
              scale: [new Float32Array(columns!).fill(1), [columns!]],
              bias: [new Float32Array(columns!), [columns!]],
            },
          },
        );
      case "uniform":
      case "normal": {
        // The shape is an attribute: the node has no input.
        const attributes = [{ name: "shape", type: 7, ints: [n!] }];
        return node(kind === "uniform" ? "RandomUniform" : "RandomNormal", {}, [n!], {
          attributes,
        });
      }
      default:
        return undefined;
    }
  };
}
