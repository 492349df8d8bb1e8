// Rates of the samplers in float32, in both layouts, with and without WebAssembly. Medians after a warm-up.
import { bits, key, normal, permutation, truncatedNormal, uniform } from "@flaxen/rng";
import { setWasmEnabled } from "@flaxen/wasm";

const SAMPLERS = {
  bits: (k, n) => bits(k, [n]),
  uniform: (k, n) => uniform(k, [n]),
  "uniform on [-1.3, 2.7)": (k, n) => uniform(k, [n], { minval: -1.3, maxval: 2.7 }),
  normal: (k, n) => normal(k, [n]),
  "truncatedNormal on (-2, 2)": (k, n) => truncatedNormal(k, -2, 2, [n]),
  permutation: (k, n) => permutation(k, n),
};

/** Median time of one call in milliseconds, after one call to warm up. */
function median(run, samples = 5) {
  run();
  const times = [];
  for (let i = 0; i < samples; i++) {
    const start = performance.now();
    run();
    times.push(performance.now() - start);
  }
  return times.sort((a, b) => a - b)[samples >> 1];
}

for (const partitionable of [true, false]) {
  const drawn = key(0, { partitionable });
  for (const [name, draw] of Object.entries(SAMPLERS)) {
    const rates = [];
    for (const wasm of [true, false]) {
      setWasmEnabled(wasm);
      const n = name === "permutation" || !wasm ? 10 ** 6 : 10 ** 7;
      rates.push(n / median(() => draw(drawn, n)) / 1e3);
    }
    const [fast, plain] = rates.map((rate) => `${rate.toFixed(1).padStart(6)} M/s`);
    const layout = partitionable ? "partitionable" : "legacy";
    console.log(`${layout.padEnd(14)} ${name.padEnd(27)} ${fast}   plain JavaScript ${plain}`);
  }
}
setWasmEnabled(true);

// Where the kernels begin to pay: time of one call in nanoseconds.
const drawn = key(0);
for (const n of [1, 16, 32, 48, 64, 96, 128, 256, 1024]) {
  const times = [true, false].map((wasm) => {
    setWasmEnabled(wasm);
    const calls = Math.ceil(200000 / n);
    const repeat = () => {
      for (let i = 0; i < calls; i++) uniform(drawn, [n]);
    };
    return ((median(repeat) / calls) * 1e6).toFixed(0).padStart(6);
  });
  console.log(
    `uniform of ${String(n).padStart(4)}: ${times[0]} ns, plain JavaScript ${times[1]} ns`,
  );
}
