import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { peersFolder } from "./peer-modules.ts";

const bench = fileURLToPath(new URL("..", import.meta.url));

/** Programs, by what they import and contestant. */
const PROGRAMS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  everything: {
    flaxen: `export * from "flaxen";`,
    "jax-js": `export * from "@jax-js/jax";`,
    "tfjs cpu": `export * from "@tensorflow/tfjs";`,
    "numpy-ts": `export * from "numpy-ts";`,
    // The WebAssembly file of 3.6 MB (gzip) comes on top.
    "ort-web": `export * from "onnxruntime-web/wasm";`,
  },
  "a uniform sampler": {
    flaxen: `import { uniform, key } from "@flaxen/rng"; globalThis.x = uniform(key(0), [9]);`,
    "jax-js": `import { random } from "@jax-js/jax"; globalThis.x = random.uniform(random.key(0), [9]);`,
    "tfjs cpu": `import { randomUniform } from "@tensorflow/tfjs-core"; import "@tensorflow/tfjs-backend-cpu"; globalThis.x = randomUniform([9]);`,
    "numpy-ts": `import { random } from "numpy-ts"; globalThis.x = random.default_rng(0).uniform(0, 1, [9]);`,
  },
  "training an MLP": {
    flaxen: `import { nnx, optax, relu, mean } from "flaxen";
globalThis.x = [nnx.Linear, nnx.Optimizer, nnx.valueAndGrad, nnx.Rngs, nnx.Module, nnx.jit, optax.adam, optax.softmaxCrossEntropyWithIntegerLabels, relu, mean];`,
    "jax-js": `import { numpy, nn, jit, valueAndGrad, tree, init } from "@jax-js/jax";
globalThis.x = [numpy.array, nn.relu, nn.logSoftmax, jit, valueAndGrad, tree.map, init];`,
    "tfjs cpu": `import { train, matMul, relu, losses, variable } from "@tensorflow/tfjs-core"; import "@tensorflow/tfjs-backend-cpu";
globalThis.x = [train.adam, matMul, relu, losses.softmaxCrossEntropy, variable];`,
  },
};

/** Bytes of each program for browsers, minified and compressed, by program and contestant. */
export async function bundleSizes(
  names: ReadonlySet<string>,
): Promise<Readonly<Record<string, Readonly<Record<string, number>>>>> {
  const sizes: Record<string, Record<string, number>> = {};
  for (const [program, codes] of Object.entries(PROGRAMS)) {
    for (const [name, code] of Object.entries(codes)) {
      if (!names.has(name)) continue;
      const { outputFiles } = await build({
        stdin: { contents: code, resolveDir: name === "flaxen" ? flaxenFolder() : peersFolder },
        bundle: true,
        minify: true,
        format: "esm",
        platform: "browser",
        external: ["node:*", "fs", "path", "os", "util", "crypto", "worker_threads", "perf_hooks"],
        write: false,
        logLevel: "silent",
      });
      (sizes[program] ??= {})[name] = gzipSync(outputFiles[0]!.contents, { level: 9 }).length;
    }
  }
  return sizes;
}

/** From where the layers below `flaxen` are found too. */
function flaxenFolder(): string {
  return fileURLToPath(new URL(".", `file://${createRequire(`${bench}x`).resolve("flaxen")}`));
}
