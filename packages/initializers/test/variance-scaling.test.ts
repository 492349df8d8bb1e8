import test from "ava";
import * as initializers from "@flaxen/initializers";
import type { Axes, FanMode } from "@flaxen/initializers";
import { answer, elements, legacy, modern } from "./answers.ts";

const { glorotNormal, glorotUniform, heNormal, heUniform, kaimingNormal, kaimingUniform } =
  initializers;
const { lecunNormal, lecunUniform, normal, truncatedNormal, uniform, varianceScaling } =
  initializers;
const { xavierNormal, xavierUniform } = initializers;

answer(
  () => glorotNormal()(modern, [784, 256]),
  "float32[784, 256]",
  [0.021405252, 0.083499834, -0.024464099],
  "a4edceec56529b67",
);
answer(
  () => glorotNormal()(modern, [3, 3, 16, 32]),
  "float32[3, 3, 16, 32]",
  [0.03321201, 0.12955686, -0.037958063],
  "7c41ad88f7c4df88",
);
answer(
  () => glorotNormal()(legacy, [784, 256]),
  "float32[784, 256]",
  [0.030607436, 0.01207217, 0.057605766],
  "20779c35095dec9a",
);
answer(
  () => glorotNormal()(legacy, [3, 3, 16, 32]),
  "float32[3, 3, 16, 32]",
  [-0.095710374, 0.06014138, -0.11008401],
  "32e5cf91f3cdaae2",
);
answer(
  () => glorotUniform()(modern, [784, 256]),
  "float32[784, 256]",
  [0.026446154, 0.07209948, -0.02995021],
  "fde831a80baf3862",
);
answer(
  () => glorotUniform()(modern, [3, 3, 16, 32]),
  "float32[3, 3, 16, 32]",
  [0.041033383, 0.11186827, -0.046470217],
  "58363a48a48cf16a",
);
answer(
  () => glorotUniform()(legacy, [784, 256]),
  "float32[784, 256]",
  [0.036664374, 0.015225809, 0.059850007],
  "3fa03d8307c15293",
);
answer(
  () => glorotUniform()(legacy, [3, 3, 16, 32]),
  "float32[3, 3, 16, 32]",
  [-0.09680384, 0.06952957, -0.10436906],
  "edc960e5c02b4a49",
);
answer(
  () => heNormal()(modern, [784, 256]),
  "float32[784, 256]",
  [0.024653524, 0.09617103, -0.028176554],
  "8b9f552481a807cb",
);
answer(
  () => heNormal()(modern, [3, 3, 16, 32]),
  "float32[3, 3, 16, 32]",
  [0.057524886, 0.22439906, -0.06574529],
  "786bc1b8c0a02f99",
);
answer(
  () => heNormal()(legacy, [784, 256]),
  "float32[784, 256]",
  [0.03525215, 0.013904136, 0.06634751],
  "50e1e33face23af2",
);
answer(
  () => heNormal()(legacy, [3, 3, 16, 32]),
  "float32[3, 3, 16, 32]",
  [-0.16577522, 0.10416792, -0.1906711],
  "915cfeaea3062119",
);
answer(
  () => heUniform()(modern, [784, 256]),
  "float32[784, 256]",
  [0.03045939, 0.083040655, -0.03449519],
  "922c7f359dae3147",
);
answer(
  () => heUniform()(modern, [3, 3, 16, 32]),
  "float32[3, 3, 16, 32]",
  [0.07107191, 0.19376154, -0.08048878],
  "8e836a1e05b212c9",
);
answer(
  () => heUniform()(legacy, [784, 256]),
  "float32[784, 256]",
  [0.042228233, 0.017536342, 0.06893231],
  "76b34eac88610889",
);
answer(
  () => heUniform()(legacy, [3, 3, 16, 32]),
  "float32[3, 3, 16, 32]",
  [-0.16766918, 0.120428756, -0.18077251],
  "440244de19bd66e6",
);
answer(
  () => lecunNormal()(modern, [784, 256]),
  "float32[784, 256]",
  [0.017432671, 0.06800318, -0.01992383],
  "58a4f0e61a89a7b3",
);
answer(
  () => lecunNormal()(modern, [3, 3, 16, 32]),
  "float32[3, 3, 16, 32]",
  [0.04067624, 0.1586741, -0.04648894],
  "b3a79d5cca424a5b",
);
answer(
  () => lecunNormal()(legacy, [784, 256]),
  "float32[784, 256]",
  [0.024927031, 0.009831707, 0.046914767],
  "84b6067502bf45b5",
);
answer(
  () => lecunNormal()(legacy, [3, 3, 16, 32]),
  "float32[3, 3, 16, 32]",
  [-0.11722079, 0.07365785, -0.13482483],
  "0a98f4624cbf29dd",
);
answer(
  () => lecunUniform()(modern, [784, 256]),
  "float32[784, 256]",
  [0.021538042, 0.058718614, -0.024391783],
  "6262f3a88edcab5f",
);
answer(
  () => lecunUniform()(modern, [3, 3, 16, 32]),
  "float32[3, 3, 16, 32]",
  [0.050255425, 0.1370101, -0.05691416],
  "b490437e0aa5bb49",
);
answer(
  () => lecunUniform()(legacy, [784, 256]),
  "float32[784, 256]",
  [0.029859873, 0.012400067, 0.048742507],
  "3e90bbc80740bd48",
);
answer(
  () => lecunUniform()(legacy, [3, 3, 16, 32]),
  "float32[3, 3, 16, 32]",
  [-0.11856, 0.085155986, -0.12782547],
  "591d67a916d3254d",
);
answer(
  () => xavierNormal()(modern, [5, 7]),
  "float32[5, 7]",
  [0.19927207, 0.7773412, -0.22774838],
  "13955c48d59e5123",
);
answer(
  () => xavierNormal()(legacy, [5, 7]),
  "float32[5, 7]",
  [0.06660962, -0.05524551, -0.292165],
  "43f1dcd4ea1e7095",
);
answer(
  () => xavierUniform()(modern, [5, 7]),
  "float32[5, 7]",
  [0.24620031, 0.67120963, -0.2788213],
  "3eb553ca3711a272",
);
answer(
  () => xavierUniform()(legacy, [5, 7]),
  "float32[5, 7]",
  [0.084541686, -0.070193216, -0.3489115],
  "51831603dd1619fd",
);
answer(
  () => kaimingNormal()(modern, [5, 7]),
  "float32[5, 7]",
  [0.30871093, 1.2042518, -0.35282624],
  "969634c974c3c35b",
);
answer(
  () => kaimingNormal()(legacy, [5, 7]),
  "float32[5, 7]",
  [0.103191175, -0.085585974, -0.45262006],
  "819d37967e5a66d2",
);
answer(
  () => kaimingUniform()(modern, [5, 7]),
  "float32[5, 7]",
  [0.38141188, 1.0398335, -0.43194813],
  "e37d3bf246d023d6",
);
answer(
  () => kaimingUniform()(legacy, [5, 7]),
  "float32[5, 7]",
  [0.13097143, -0.10874287, -0.5405314],
  "6e17afadbcc5e0ff",
);
answer(
  () => varianceScaling(0.7, "fan_in", "truncated_normal")(modern, [6, 10, 15]),
  "float32[6, 10, 15]",
  [0.05272243, 0.20566516, -0.06025656],
  "4b5385661bcf1e1b",
);
answer(
  () =>
    varianceScaling(0.7, "fan_in", "truncated_normal", { inAxis: 0, outAxis: [1, -1] })(
      modern,
      [6, 10, 15],
    ),
  "float32[6, 10, 15]",
  [0.16672297, 0.65037024, -0.19054796],
  "e616f87f13da302a",
);
answer(
  () =>
    varianceScaling(0.7, "fan_in", "truncated_normal", { inAxis: [-2], outAxis: -1, batchAxis: 0 })(
      modern,
      [6, 10, 15],
    ),
  "float32[6, 10, 15]",
  [0.12914304, 0.50377464, -0.1475978],
  "782a739726cad940",
);
answer(
  () =>
    varianceScaling(0.7, "fan_in", "truncated_normal", { inAxis: [], outAxis: [] })(
      modern,
      [6, 10, 15],
    ),
  "float32[6, 10, 15]",
  [0.013612872, 0.05310251, -0.015558175],
  "4136fd9033b4fbbf",
);
answer(
  () => varianceScaling(0.7, "fan_in", "normal")(modern, [6, 10, 15]),
  "float32[6, 10, 15]",
  [0.048738968, 0.21099682, -0.05576024],
  "e19a9bbffba5995a",
);
answer(
  () =>
    varianceScaling(0.7, "fan_in", "normal", { inAxis: 0, outAxis: [1, -1] })(modern, [6, 10, 15]),
  "float32[6, 10, 15]",
  [0.15412614, 0.6672305, -0.17632934],
  "c306ce6075eb900f",
);
answer(
  () =>
    varianceScaling(0.7, "fan_in", "normal", { inAxis: [-2], outAxis: -1, batchAxis: 0 })(
      modern,
      [6, 10, 15],
    ),
  "float32[6, 10, 15]",
  [0.11938559, 0.5168345, -0.13658412],
  "9d76dabb633691a1",
);
answer(
  () => varianceScaling(0.7, "fan_in", "normal", { inAxis: [], outAxis: [] })(modern, [6, 10, 15]),
  "float32[6, 10, 15]",
  [0.012584346, 0.05447914, -0.01439723],
  "3c33497f095274f4",
);
answer(
  () => varianceScaling(0.7, "fan_in", "uniform")(modern, [6, 10, 15]),
  "float32[6, 10, 15]",
  [0.06513848, 0.17758538, -0.07376918],
  "ece5206f6ad1cf33",
);
answer(
  () =>
    varianceScaling(0.7, "fan_in", "uniform", { inAxis: 0, outAxis: [1, -1] })(modern, [6, 10, 15]),
  "float32[6, 10, 15]",
  [0.20598596, 0.5615743, -0.23327863],
  "7c5eb719decbe9ce",
);
answer(
  () =>
    varianceScaling(0.7, "fan_in", "uniform", { inAxis: [-2], outAxis: -1, batchAxis: 0 })(
      modern,
      [6, 10, 15],
    ),
  "float32[6, 10, 15]",
  [0.15955605, 0.43499357, -0.18069686],
  "33aa4b37a0c03c0a",
);
answer(
  () => varianceScaling(0.7, "fan_in", "uniform", { inAxis: [], outAxis: [] })(modern, [6, 10, 15]),
  "float32[6, 10, 15]",
  [0.016818682, 0.045852344, -0.01904712],
  "d6034e0e73e3b2d4",
);
answer(
  () => varianceScaling(0.7, "fan_out", "truncated_normal")(modern, [6, 10, 15]),
  "float32[6, 10, 15]",
  [0.043047685, 0.1679249, -0.049199272],
  "47f029da119781ee",
);
answer(
  () =>
    varianceScaling(0.7, "fan_out", "truncated_normal", { inAxis: 0, outAxis: [1, -1] })(
      modern,
      [6, 10, 15],
    ),
  "float32[6, 10, 15]",
  [0.033344593, 0.13007405, -0.03810959],
  "8d8ba0fd82747e36",
);
answer(
  () =>
    varianceScaling(0.7, "fan_out", "truncated_normal", {
      inAxis: [-2],
      outAxis: -1,
      batchAxis: 0,
    })(modern, [6, 10, 15]),
  "float32[6, 10, 15]",
  [0.10544486, 0.4113303, -0.12051312],
  "d8218fb249e2223a",
);
answer(
  () =>
    varianceScaling(0.7, "fan_out", "truncated_normal", { inAxis: [], outAxis: [] })(
      modern,
      [6, 10, 15],
    ),
  "float32[6, 10, 15]",
  [0.013612872, 0.05310251, -0.015558175],
  "4136fd9033b4fbbf",
);
answer(
  () => varianceScaling(0.7, "fan_out", "normal")(modern, [6, 10, 15]),
  "float32[6, 10, 15]",
  [0.039795198, 0.17227818, -0.045528043],
  "ae05f3c44f30dcdd",
);
answer(
  () =>
    varianceScaling(0.7, "fan_out", "normal", { inAxis: 0, outAxis: [1, -1] })(modern, [6, 10, 15]),
  "float32[6, 10, 15]",
  [0.030825227, 0.1334461, -0.035265867],
  "880857b921dbf1c6",
);
answer(
  () =>
    varianceScaling(0.7, "fan_out", "normal", { inAxis: [-2], outAxis: -1, batchAxis: 0 })(
      modern,
      [6, 10, 15],
    ),
  "float32[6, 10, 15]",
  [0.097477935, 0.42199364, -0.11152048],
  "613b31cd39b05891",
);
answer(
  () => varianceScaling(0.7, "fan_out", "normal", { inAxis: [], outAxis: [] })(modern, [6, 10, 15]),
  "float32[6, 10, 15]",
  [0.012584346, 0.05447914, -0.01439723],
  "3c33497f095274f4",
);
answer(
  () => varianceScaling(0.7, "fan_out", "uniform")(modern, [6, 10, 15]),
  "float32[6, 10, 15]",
  [0.053185344, 0.14499785, -0.06023228],
  "9c30b484635f45eb",
);
answer(
  () =>
    varianceScaling(0.7, "fan_out", "uniform", { inAxis: 0, outAxis: [1, -1] })(
      modern,
      [6, 10, 15],
    ),
  "float32[6, 10, 15]",
  [0.04119719, 0.11231485, -0.046655726],
  "63c759d82ebdcf31",
);
answer(
  () =>
    varianceScaling(0.7, "fan_out", "uniform", { inAxis: [-2], outAxis: -1, batchAxis: 0 })(
      modern,
      [6, 10, 15],
    ),
  "float32[6, 10, 15]",
  [0.13027696, 0.35517076, -0.14753836],
  "6b25f9a273bea8e1",
);
answer(
  () =>
    varianceScaling(0.7, "fan_out", "uniform", { inAxis: [], outAxis: [] })(modern, [6, 10, 15]),
  "float32[6, 10, 15]",
  [0.016818682, 0.045852344, -0.01904712],
  "d6034e0e73e3b2d4",
);
answer(
  () => varianceScaling(0.7, "fan_avg", "truncated_normal")(modern, [6, 10, 15]),
  "float32[6, 10, 15]",
  [0.047156375, 0.1839525, -0.0538951],
  "5e2ff276ca508fa2",
);
answer(
  () =>
    varianceScaling(0.7, "fan_avg", "truncated_normal", { inAxis: 0, outAxis: [1, -1] })(
      modern,
      [6, 10, 15],
    ),
  "float32[6, 10, 15]",
  [0.04624063, 0.18038025, -0.052848496],
  "9678ae20d4fb9225",
);
answer(
  () =>
    varianceScaling(0.7, "fan_avg", "truncated_normal", {
      inAxis: [-2],
      outAxis: -1,
      batchAxis: 0,
    })(modern, [6, 10, 15]),
  "float32[6, 10, 15]",
  [0.115509056, 0.45058972, -0.1320155],
  "c8587f516027e0a6",
);
answer(
  () =>
    varianceScaling(0.7, "fan_avg", "truncated_normal", { inAxis: [], outAxis: [] })(
      modern,
      [6, 10, 15],
    ),
  "float32[6, 10, 15]",
  [0.013612872, 0.05310251, -0.015558175],
  "4136fd9033b4fbbf",
);
answer(
  () => varianceScaling(0.7, "fan_avg", "normal")(modern, [6, 10, 15]),
  "float32[6, 10, 15]",
  [0.043593455, 0.18872128, -0.049873468],
  "7868c17b7d2a7521",
);
answer(
  () =>
    varianceScaling(0.7, "fan_avg", "normal", { inAxis: 0, outAxis: [1, -1] })(modern, [6, 10, 15]),
  "float32[6, 10, 15]",
  [0.0427469, 0.18505645, -0.048904963],
  "489f448e085fd673",
);
answer(
  () =>
    varianceScaling(0.7, "fan_avg", "normal", { inAxis: [-2], outAxis: -1, batchAxis: 0 })(
      modern,
      [6, 10, 15],
    ),
  "float32[6, 10, 15]",
  [0.10678173, 0.46227086, -0.122164555],
  "7b01ff95be00a7a0",
);
answer(
  () => varianceScaling(0.7, "fan_avg", "normal", { inAxis: [], outAxis: [] })(modern, [6, 10, 15]),
  "float32[6, 10, 15]",
  [0.012584346, 0.05447914, -0.01439723],
  "3c33497f095274f4",
);
answer(
  () => varianceScaling(0.7, "fan_avg", "uniform")(modern, [6, 10, 15]),
  "float32[6, 10, 15]",
  [0.05826163, 0.1588372, -0.065981165],
  "cbe9f4f6d3b7a15c",
);
answer(
  () =>
    varianceScaling(0.7, "fan_avg", "uniform", { inAxis: 0, outAxis: [1, -1] })(
      modern,
      [6, 10, 15],
    ),
  "float32[6, 10, 15]",
  [0.05713023, 0.15575269, -0.06469986],
  "807f2c3779dd2065",
);
answer(
  () =>
    varianceScaling(0.7, "fan_avg", "uniform", { inAxis: [-2], outAxis: -1, batchAxis: 0 })(
      modern,
      [6, 10, 15],
    ),
  "float32[6, 10, 15]",
  [0.14271127, 0.3890701, -0.16162018],
  "0f26801783dac9cf",
);
answer(
  () =>
    varianceScaling(0.7, "fan_avg", "uniform", { inAxis: [], outAxis: [] })(modern, [6, 10, 15]),
  "float32[6, 10, 15]",
  [0.016818682, 0.045852344, -0.01904712],
  "d6034e0e73e3b2d4",
);
answer(
  () => varianceScaling(0.7, "fan_geo_avg", "truncated_normal")(modern, [6, 10, 15]),
  "float32[6, 10, 15]",
  [0.047640093, 0.18583943, -0.054447945],
  "622b6483d82041bb",
);
answer(
  () =>
    varianceScaling(0.7, "fan_geo_avg", "truncated_normal", { inAxis: 0, outAxis: [1, -1] })(
      modern,
      [6, 10, 15],
    ),
  "float32[6, 10, 15]",
  [0.07456077, 0.29085442, -0.085215636],
  "beadb25533103c45",
);
answer(
  () =>
    varianceScaling(0.7, "fan_geo_avg", "truncated_normal", {
      inAxis: [-2],
      outAxis: -1,
      batchAxis: 0,
    })(modern, [6, 10, 15]),
  "float32[6, 10, 15]",
  [0.11669393, 0.45521182, -0.13336968],
  "4960d0909b47b0ad",
);
answer(
  () =>
    varianceScaling(0.7, "fan_geo_avg", "truncated_normal", { inAxis: [], outAxis: [] })(
      modern,
      [6, 10, 15],
    ),
  "float32[6, 10, 15]",
  [0.013612872, 0.05310251, -0.015558175],
  "4136fd9033b4fbbf",
);
answer(
  () => varianceScaling(0.7, "fan_geo_avg", "normal")(modern, [6, 10, 15]),
  "float32[6, 10, 15]",
  [0.044040628, 0.19065714, -0.050385058],
  "e9659dfb56ecd741",
);
answer(
  () =>
    varianceScaling(0.7, "fan_geo_avg", "normal", { inAxis: 0, outAxis: [1, -1] })(
      modern,
      [6, 10, 15],
    ),
  "float32[6, 10, 15]",
  [0.0689273, 0.29839456, -0.07885688],
  "7097a90abf2190ad",
);
answer(
  () =>
    varianceScaling(0.7, "fan_geo_avg", "normal", { inAxis: [-2], outAxis: -1, batchAxis: 0 })(
      modern,
      [6, 10, 15],
    ),
  "float32[6, 10, 15]",
  [0.10787707, 0.46701273, -0.12341769],
  "edee100903fa642a",
);
answer(
  () =>
    varianceScaling(0.7, "fan_geo_avg", "normal", { inAxis: [], outAxis: [] })(modern, [6, 10, 15]),
  "float32[6, 10, 15]",
  [0.012584346, 0.05447914, -0.01439723],
  "3c33497f095274f4",
);
answer(
  () => varianceScaling(0.7, "fan_geo_avg", "uniform")(modern, [6, 10, 15]),
  "float32[6, 10, 15]",
  [0.058859263, 0.1604665, -0.06665798],
  "8ffb3657f92bc9a8",
);
answer(
  () =>
    varianceScaling(0.7, "fan_geo_avg", "uniform", { inAxis: 0, outAxis: [1, -1] })(
      modern,
      [6, 10, 15],
    ),
  "float32[6, 10, 15]",
  [0.092119716, 0.25114363, -0.10432538],
  "4007ada873d37e5f",
);
answer(
  () =>
    varianceScaling(0.7, "fan_geo_avg", "uniform", { inAxis: [-2], outAxis: -1, batchAxis: 0 })(
      modern,
      [6, 10, 15],
    ),
  "float32[6, 10, 15]",
  [0.14417516, 0.39306107, -0.16327804],
  "4f515315958a8d49",
);
answer(
  () =>
    varianceScaling(0.7, "fan_geo_avg", "uniform", { inAxis: [], outAxis: [] })(
      modern,
      [6, 10, 15],
    ),
  "float32[6, 10, 15]",
  [0.016818682, 0.045852344, -0.01904712],
  "d6034e0e73e3b2d4",
);
answer(
  () => varianceScaling(1, "fan_in", "uniform", { inAxis: 0, outAxis: 0 })(modern, [7]),
  "float32[7]",
  [0.60306513, 1.644121, -0.68296987],
  "9bd8cde0f8f7390a",
);
answer(
  () => varianceScaling(0.7, "fan_in", "truncated_normal")(legacy, [6, 10, 15]),
  "float32[6, 10, 15]",
  [0.06744891, 0.06340842, -0.22588706],
  "fec97fe79a3bcc4c",
);
answer(
  () => varianceScaling(0.7, "fan_in", "normal")(legacy, [6, 10, 15]),
  "float32[6, 10, 15]",
  [0.06248601, 0.05870466, -0.24871063],
  "6ff87a72873d89f8",
);
answer(
  () => varianceScaling(0.7, "fan_in", "uniform")(legacy, [6, 10, 15]),
  "float32[6, 10, 15]",
  [0.08176994, 0.07730526, -0.1830979],
  "6489e8d181fa87ec",
);
answer(
  () => varianceScaling(0.7, "fan_out", "truncated_normal")(legacy, [6, 10, 15]),
  "float32[6, 10, 15]",
  [0.0550718, 0.05177276, -0.18443601],
  "ad9dc518358d0e74",
);
answer(
  () => varianceScaling(0.7, "fan_out", "normal")(legacy, [6, 10, 15]),
  "float32[6, 10, 15]",
  [0.051019613, 0.04793215, -0.20307139],
  "82c4494d1fb36eae",
);
answer(
  () => varianceScaling(0.7, "fan_out", "uniform")(legacy, [6, 10, 15]),
  "float32[6, 10, 15]",
  [0.066764876, 0.06311947, -0.1494988],
  "d6980e2922ca6480",
);
answer(
  () => varianceScaling(0.7, "fan_avg", "truncated_normal")(legacy, [6, 10, 15]),
  "float32[6, 10, 15]",
  [0.06032813, 0.056714214, -0.20203951],
  "e6d772dd7e9bd0b8",
);
answer(
  () => varianceScaling(0.7, "fan_avg", "normal")(legacy, [6, 10, 15]),
  "float32[6, 10, 15]",
  [0.05588918, 0.052507043, -0.22245355],
  "6e4a57fa6b647177",
);
answer(
  () => varianceScaling(0.7, "fan_avg", "uniform")(legacy, [6, 10, 15]),
  "float32[6, 10, 15]",
  [0.07313726, 0.06914392, -0.16376774],
  "a986d60c392e21dd",
);
answer(
  () => varianceScaling(0.7, "fan_geo_avg", "truncated_normal")(legacy, [6, 10, 15]),
  "float32[6, 10, 15]",
  [0.060946964, 0.057295974, -0.20411198],
  "4d08f4335f32ac1e",
);
answer(
  () => varianceScaling(0.7, "fan_geo_avg", "normal")(legacy, [6, 10, 15]),
  "float32[6, 10, 15]",
  [0.05646248, 0.053045645, -0.22473542],
  "3ed11e0a94f8e023",
);
answer(
  () => varianceScaling(0.7, "fan_geo_avg", "uniform")(legacy, [6, 10, 15]),
  "float32[6, 10, 15]",
  [0.07388748, 0.06985319, -0.16544764],
  "5ae6bc55e5e2b0ee",
);
answer(
  () => varianceScaling(1, "fan_in", "uniform", { inAxis: 0, outAxis: 0 })(legacy, [7]),
  "float32[7]",
  [-1.6906931, -0.41832024, -0.5702663],
  "4ad3e15b9a64849f",
);
answer(
  () => glorotNormal()(modern, [64, 32], "float16"),
  "float16[64, 32]",
  [-0.1529541015625, -0.0031108856201171875, -0.15185546875],
  "27577c0f2a6c4d83",
);
answer(
  () => heUniform()(modern, [64, 32], "float16"),
  "float16[64, 32]",
  [-0.2081298828125, -0.00478363037109375, -0.2069091796875],
  "3f0d3253cbb27ab8",
);
answer(
  () => normal(0.37)(modern, [64, 32], "float16"),
  "float16[64, 32]",
  [-0.367431640625, -0.00701904296875, -0.3642578125],
  "0db333e23982cdf2",
);
answer(
  () => uniform(0.37)(modern, [64, 32], "float16"),
  "float16[64, 32]",
  [0.05926513671875, 0.18212890625, 0.05999755859375],
  "07cd45d5332dc525",
);
answer(
  () => truncatedNormal(0.37)(modern, [64, 32], "float16"),
  "float16[64, 32]",
  [-0.344970703125, -0.00701904296875, -0.342529296875],
  "c4a2ebe9a55d8dd1",
);
answer(
  () => glorotNormal()(modern, [64, 32], "bfloat16"),
  "bfloat16[64, 32]",
  [-0.25390625, -0.326171875, 0.06591796875],
  "81c810744d2b3e1e",
);
answer(
  () => heUniform()(modern, [64, 32], "bfloat16"),
  "bfloat16[64, 32]",
  [-0.283203125, -0.306640625, 0.1005859375],
  "a82c348e16dfb26a",
);
answer(
  () => normal(0.37)(modern, [64, 32], "bfloat16"),
  "bfloat16[64, 32]",
  [-0.640625, -1.0703125, 0.158203125],
  "7c53b834123f0965",
);
answer(
  () => uniform(0.37)(modern, [64, 32], "bfloat16"),
  "bfloat16[64, 32]",
  [0.014404296875, 0.0, 0.2451171875],
  "45c7afec10caccf5",
);
answer(
  () => truncatedNormal(0.37)(modern, [64, 32], "bfloat16"),
  "bfloat16[64, 32]",
  [-0.5703125, -0.734375, 0.1484375],
  "a5aeeaea3e939322",
);
answer(
  () => glorotNormal()(legacy, [64, 32], "float16"),
  "float16[64, 32]",
  [-0.064453125, 0.165771484375, 0.060028076171875],
  "cfe16fe85bff1142",
);
answer(
  () => heUniform()(legacy, [64, 32], "float16"),
  "float16[64, 32]",
  [-0.09808349609375, 0.220703125, 0.09149169921875],
  "e72171a7945867a8",
);
answer(
  () => normal(0.37)(legacy, [64, 32], "float16"),
  "float16[64, 32]",
  [-0.152587890625, 0.40087890625, 0.1422119140625],
  "7331c15415b6f711",
);
answer(
  () => uniform(0.37)(legacy, [64, 32], "float16"),
  "float16[64, 32]",
  [0.125732421875, 0.318359375, 0.2403564453125],
  "56745ed3110a2696",
);
answer(
  () => truncatedNormal(0.37)(legacy, [64, 32], "float16"),
  "float16[64, 32]",
  [-0.1453857421875, 0.3740234375, 0.135498046875],
  "5a8d539d48e6dec4",
);
answer(
  () => glorotNormal()(legacy, [64, 32], "bfloat16"),
  "bfloat16[64, 32]",
  [-0.306640625, 0.1767578125, 0.1923828125],
  "49b3d574ef1dddde",
);
answer(
  () => heUniform()(legacy, [64, 32], "bfloat16"),
  "bfloat16[64, 32]",
  [-0.302734375, 0.23046875, 0.244140625],
  "d5cd7273fd27e87d",
);
answer(
  () => normal(0.37)(legacy, [64, 32], "bfloat16"),
  "bfloat16[64, 32]",
  [-0.859375, 0.427734375, 0.47265625],
  "bf1a09494abea2ec",
);
answer(
  () => uniform(0.37)(legacy, [64, 32], "bfloat16"),
  "bfloat16[64, 32]",
  [0.0028839111328125, 0.322265625, 0.33203125],
  "c2afb54fccb2ad88",
);
answer(
  () => truncatedNormal(0.37)(legacy, [64, 32], "bfloat16"),
  "bfloat16[64, 32]",
  [-0.6875, 0.3984375, 0.431640625],
  "c69c6819beac989d",
);

test("varianceScaling(scale, mode, distribution) has variance scale / fan", (t) => {
  const fans: Record<FanMode, number> = {
    fan_in: 180,
    fan_out: 288,
    fan_avg: 234,
    fan_geo_avg: Math.sqrt(180 * 288),
  };
  for (const mode of Object.keys(fans) as FanMode[]) {
    for (const distribution of ["truncated_normal", "normal", "uniform"] as const) {
      const w = elements(varianceScaling(3, mode, distribution)(modern, [3, 3, 20, 32]));
      const variance = w.reduce((sum, x) => sum + x * x, 0) / w.length;
      // Four standard errors of the variance of 5760 normal numbers.
      t.true(Math.abs((variance * fans[mode]) / 3 - 1) < 0.075);
    }
  }
});

test("varianceScaling(0, mode, distribution) is zero", (t) => {
  for (const distribution of ["truncated_normal", "normal", "uniform"] as const) {
    const w = varianceScaling(0, "fan_in", distribution)(modern, [2, 3]);
    t.true(elements(w).every((x) => x === 0));
  }
});

const SHORTHANDS = {
  glorotNormal,
  glorotUniform,
  heNormal,
  heUniform,
  kaimingNormal,
  kaimingUniform,
  lecunNormal,
  lecunUniform,
  xavierNormal,
  xavierUniform,
};

const throwsInItsName = test.macro<[keyof typeof SHORTHANDS]>({
  exec(t, name) {
    const build = SHORTHANDS[name];
    const fails = (run: () => unknown, type: ErrorConstructor, message: string): void => {
      t.throws(run, { instanceOf: type, message: `${name}: ${message}` });
    };
    fails(
      () => build(modern as never),
      TypeError,
      `options must be an object, got Key. Build the initializer first: ${name}(...)(key, shape).`,
    );
    fails(() => build(-2 as never), TypeError, "options must be an object, got -2.");
    fails(
      () => build({ inAxis: "0" as never }),
      TypeError,
      'inAxis must be an integer or an array of integers, got "0".',
    );
    fails(
      () => build({ outAxis: [0, 1.5] }),
      RangeError,
      "outAxis must be an integer or an array of integers, got [0, 1.5].",
    );
    fails(
      () => build({ batchAxis: NaN }),
      RangeError,
      "batchAxis must be an integer or an array of integers, got NaN.",
    );
    fails(
      () => build({ dtype: "bool" as never }),
      TypeError,
      'dtype must be a floating-point or complex dtype, got "bool".',
    );
    fails(
      () => build()(modern, [2, 3], "int32"),
      TypeError,
      'dtype must be a floating-point or complex dtype, got "int32".',
    );
    fails(
      () => build()([2, 3] as never, [2, 3]),
      TypeError,
      "key must be a Key, got [2, 3]. Make one with key(seed).",
    );
    fails(
      () => build()(modern, 3 as never),
      TypeError,
      "shape must be an array of integers, got 3.",
    );
    fails(
      () => build()(modern, [2, -3]),
      RangeError,
      "shape must hold non-negative integers, got [2, -3].",
    );
    fails(
      () => build()(modern, [3]),
      RangeError,
      "shape must have at least 2 axes, got [3]. Pass inAxis and outAxis for other shapes.",
    );
    fails(
      () => build()(modern, []),
      RangeError,
      "shape must have at least 2 axes, got []. Pass inAxis and outAxis for other shapes.",
    );
    fails(
      () => build({ inAxis: -3 })(modern, [3, 2]),
      RangeError,
      "inAxis must name axes of shape [3, 2], got -3.",
    );
    fails(
      () => build({ outAxis: [0, 2] })(modern, [3, 2]),
      RangeError,
      "outAxis must name axes of shape [3, 2], got [0, 2].",
    );
    fails(
      () => build({ batchAxis: 2 })(modern, [3, 2]),
      RangeError,
      "batchAxis must name axes of shape [3, 2], got 2.",
    );
    fails(
      () => build()(modern, [0, 3]),
      RangeError,
      "shape must not have an axis of length 0, got [0, 3].",
    );
    fails(
      () => build()(modern, [0, 2, 3]),
      RangeError,
      "shape must not have an axis of length 0, got [0, 2, 3].",
    );
  },
  title: (_, name) => `${name}(options)(key, shape) refuses wrong input in its own name`,
});

for (const name of Object.keys(SHORTHANDS) as (keyof typeof SHORTHANDS)[])
  test(throwsInItsName, name);

test("varianceScaling(scale, mode, distribution) refuses wrong input", (t) => {
  const fails = (run: () => unknown, instanceOf: ErrorConstructor, message: string): void => {
    t.throws(run, { instanceOf, message: `varianceScaling: ${message}` });
  };
  fails(
    () => varianceScaling(modern as never, "fan_in", "normal"),
    TypeError,
    "scale must be a number, got Key. Build the initializer first: varianceScaling(...)(key, shape).",
  );
  for (const scale of [-1, NaN, Infinity]) {
    fails(
      () => varianceScaling(scale, "fan_in", "normal"),
      RangeError,
      `scale must be finite and at least 0, got ${scale}.`,
    );
  }
  fails(
    () => varianceScaling(1, "fan" as never, "normal"),
    RangeError,
    'mode must be "fan_in", "fan_out", "fan_avg" or "fan_geo_avg", got "fan".',
  );
  fails(
    () => varianceScaling(1, "fan_in", "gauss" as never),
    RangeError,
    'distribution must be "truncated_normal", "normal" or "uniform", got "gauss".',
  );
  fails(
    () => varianceScaling(1, "fan_in", "normal", { inAxis: null as unknown as Axes }),
    TypeError,
    "inAxis must be an integer or an array of integers, got null.",
  );
});
