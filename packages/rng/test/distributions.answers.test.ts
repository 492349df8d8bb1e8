import {
  ball,
  beta,
  binomial,
  categorical,
  cauchy,
  chisquare,
  choice,
  dirichlet,
  doubleSidedMaxwell,
  exponential,
  f,
  gamma,
  generalizedNormal,
  geometric,
  gumbel,
  laplace,
  loggamma,
  logistic,
  lognormal,
  maxwell,
  multinomial,
  multivariateNormal,
  pareto,
  poisson,
  rademacher,
  rayleigh,
  t,
  triangular,
  wald,
  weibullMin,
} from "@flaxen/rng";
import { answer, legacy, modern } from "./answers.ts";

// As in JAX 0.10.2 on a CPU; plain lists stand for float32 arrays.
answer(
  () => categorical(modern, [-1, 0, 1, 0.5], { shape: [4099] }),
  "int32[4099]",
  [1, 2, 3],
  "027750d0256cff7d",
);
answer(
  () => categorical(legacy, [-1, 0, 1, 0.5], { shape: [4099] }),
  "int32[4099]",
  [3, 0, 2],
  "fd13cf7125b0d421",
);
answer(
  () =>
    categorical(modern, [
      [-1, 0, 1],
      [3, 2.5, 2],
    ]),
  "int32[2]",
  [1, 1],
  "64ed86b909d6d050",
);
answer(
  () =>
    categorical(legacy, [
      [-1, 0, 1],
      [3, 2.5, 2],
    ]),
  "int32[2]",
  [2, 1],
  "7b2ed67587fcbc41",
);
answer(
  () =>
    categorical(
      modern,
      [
        [-1, 0, 1],
        [3, 2.5, 2],
      ],
      { axis: 0, shape: [101, 3] },
    ),
  "int32[101, 3]",
  [1, 0, 1],
  "6b16d750e644b3a9",
);
answer(
  () =>
    categorical(
      legacy,
      [
        [-1, 0, 1],
        [3, 2.5, 2],
      ],
      { axis: 0, shape: [101, 3] },
    ),
  "int32[101, 3]",
  [1, 1, 0],
  "03840098679ba354",
);
answer(
  () =>
    categorical(
      modern,
      [
        [-1, 0, 1],
        [3, 2.5, 2],
      ],
      { axis: 0, shape: [2, 3], replace: false },
    ),
  "int32[2, 3]",
  [1, 0, 1],
  "605390e5a369ee56",
);
answer(
  () =>
    categorical(
      legacy,
      [
        [-1, 0, 1],
        [3, 2.5, 2],
      ],
      { axis: 0, shape: [2, 3], replace: false },
    ),
  "int32[2, 3]",
  [1, 1, 1],
  "7ceee0fded46cc97",
);
answer(
  () => categorical(modern, [-1, 0, 1, 0.5], { shape: [101], mode: "highest" }),
  "int32[101]",
  [2, 2, 1],
  "b9c92d10b9ba8b5e",
);
answer(
  () => categorical(legacy, [-1, 0, 1, 0.5], { shape: [101], mode: "highest" }),
  "int32[101]",
  [2, 3, 3],
  "ee2a2ff6e2de65b7",
);
answer(
  () => categorical(modern, [-Infinity, 0, -Infinity], { shape: [7] }),
  "int32[7]",
  [1, 1, 1],
  "f989fc1a32987aa0",
);
answer(
  () => categorical(legacy, [-Infinity, 0, -Infinity], { shape: [7] }),
  "int32[7]",
  [1, 1, 1],
  "f989fc1a32987aa0",
);
answer(() => choice(modern, 10, [4099]), "int32[4099]", [9, 2, 0], "0adf63fafa581696");
answer(() => choice(legacy, 10, [4099]), "int32[4099]", [4, 6, 0], "31aa65f2dbec6aee");
answer(() => choice(modern, 10), "int32[]", [9], "9f076b7eb7fdc031");
answer(() => choice(legacy, 10), "int32[]", [3], "9d9f290527a6be62");
answer(
  () => choice(modern, 1000, [10, 7], { replace: false }),
  "int32[10, 7]",
  [45, 252, 634],
  "0dfb51319a50c41c",
);
answer(
  () => choice(legacy, 1000, [10, 7], { replace: false }),
  "int32[10, 7]",
  [644, 19, 382],
  "788d388532fe8868",
);
answer(
  () => choice(modern, 5, [4099], { p: [0.1, 0.2, 0.3, 0.15, 0.25] }),
  "int32[4099]",
  [2, 0, 3],
  "fbc70c8e01afefd0",
);
answer(
  () => choice(legacy, 5, [4099], { p: [0.1, 0.2, 0.3, 0.15, 0.25] }),
  "int32[4099]",
  [0, 4, 4],
  "e8502679cf2db561",
);
answer(
  () => choice(modern, 5, [3], { p: [0.1, 0.2, 0.3, 0.15, 0.25], replace: false }),
  "int32[3]",
  [1, 4, 0],
  "26e932d7918278fb",
);
answer(
  () => choice(legacy, 5, [3], { p: [0.1, 0.2, 0.3, 0.15, 0.25], replace: false }),
  "int32[3]",
  [2, 4, 3],
  "9db0f923dca52915",
);
answer(
  () =>
    choice(
      modern,
      [
        [1, 2],
        [3, 4],
        [5, 6],
      ],
      [5],
    ),
  "float32[5, 2]",
  [3, 4, 5],
  "9fbc927187bbfd67",
);
answer(
  () =>
    choice(
      legacy,
      [
        [1, 2],
        [3, 4],
        [5, 6],
      ],
      [5],
    ),
  "float32[5, 2]",
  [5, 6, 3],
  "66ee16da967b033e",
);
answer(
  () =>
    choice(
      modern,
      [
        [1, 2],
        [3, 4],
        [5, 6],
      ],
      [2, 1],
      { axis: 1, replace: false },
    ),
  "float32[3, 2, 1]",
  [1, 2, 3],
  "24ae2dfe8df57c1b",
);
answer(
  () =>
    choice(
      legacy,
      [
        [1, 2],
        [3, 4],
        [5, 6],
      ],
      [2, 1],
      { axis: 1, replace: false },
    ),
  "float32[3, 2, 1]",
  [2, 1, 4],
  "32feaf4a7e769969",
);
answer(
  () =>
    choice(
      modern,
      [
        [1, 2],
        [3, 4],
        [5, 6],
      ],
      [0, 2],
    ),
  "float32[0, 2]",
  [],
  "e3b0c44298fc1c14",
);
answer(
  () =>
    choice(
      legacy,
      [
        [1, 2],
        [3, 4],
        [5, 6],
      ],
      [0, 2],
    ),
  "float32[0, 2]",
  [],
  "e3b0c44298fc1c14",
);
answer(
  () => exponential(modern, [65536]),
  "float32[65536]",
  [1.1211338, 3.673671, 0.36074546],
  "707dcb2141d6c307",
);
answer(
  () => exponential(legacy, [65536]),
  "float32[65536]",
  [0.3856359, 1.0107565, 2.8894105],
  "576823dbe61c06e5",
);
answer(() => exponential(modern, []), "float32[]", [1.1211338], "de21750796d4ff3e");
answer(() => exponential(legacy, []), "float32[]", [1.8585849], "d087becc663006a5");
answer(() => exponential(modern, [0, 3]), "float32[0, 3]", [], "e3b0c44298fc1c14");
answer(() => exponential(legacy, [0, 3]), "float32[0, 3]", [], "e3b0c44298fc1c14");
answer(
  () => exponential(modern, [4096], { dtype: "float16" }),
  "float16[4096]",
  [0.174560546875, 0.677734375, 0.1768798828125],
  "1810445c22c65ec9",
);
answer(
  () => exponential(legacy, [4096], { dtype: "float16" }),
  "float16[4096]",
  [2.5625, 2.134765625, 1.556640625],
  "446dcd8d7b134b5c",
);
answer(
  () => exponential(modern, [4096], { dtype: "bfloat16" }),
  "bfloat16[4096]",
  [0.039794921875, 0.0, 1.09375],
  "230ed0487005b500",
);
answer(
  () => exponential(legacy, [4096], { dtype: "bfloat16" }),
  "bfloat16[4096]",
  [0.07275390625, 0.41015625, 0.6484375],
  "7e744275c6dc9410",
);
answer(
  () => gumbel(modern, [65536]),
  "float32[65536]",
  [0.9304105, 3.6608431, -0.17776018],
  "bb7b3a3718b76fb2",
);
answer(
  () => gumbel(legacy, [65536]),
  "float32[65536]",
  [-0.13058142, 0.79303825, 2.8609393],
  "654a689e162a50bc",
);
answer(() => gumbel(modern, []), "float32[]", [0.9304105], "16905c55fe7a5a92");
answer(() => gumbel(legacy, []), "float32[]", [1.7750432], "6d4e0601ff8b8ed3");
answer(
  () => gumbel(modern, [4096], { mode: "high" }),
  "float32[4096]",
  [-0.1143405, -1.3011914, 1.0195826],
  "6b3e3a49a7a2371c",
);
answer(
  () => gumbel(legacy, [4096], { mode: "high" }),
  "float32[4096]",
  [1.5378451, 0.8477238, 0.5987389],
  "3896f61b79c87a64",
);
answer(
  () => gumbel(modern, [4096], { mode: "highest" }),
  "float32[4096]",
  [-0.11434071, -1.3011914, 1.0195823],
  "382aac8561453395",
);
answer(
  () => gumbel(legacy, [4096], { mode: "highest" }),
  "float32[4096]",
  [1.5378453, 0.8477241, 0.59873927],
  "a25dd5044bb3f290",
);
answer(
  () => gumbel(modern, [4096], { dtype: "float16" }),
  "float16[4096]",
  [-0.60546875, 0.343994140625, -0.5986328125],
  "3857b7dad35f0822",
);
answer(
  () => gumbel(legacy, [4096], { dtype: "float16" }),
  "float16[4096]",
  [2.5234375, 2.07421875, 1.4404296875],
  "ee3b86b97d59fb61",
);
answer(
  () => gumbel(modern, [4096], { dtype: "bfloat16", mode: "high" }),
  "bfloat16[4096]",
  [3.15625, 5.40625, -0.08984375],
  "85ffa0ffd60a3678",
);
answer(
  () => gumbel(legacy, [4096], { dtype: "bfloat16", mode: "high" }),
  "bfloat16[4096]",
  [0.86328125, -0.93359375, -0.373046875],
  "c24d2202071f0d33",
);
answer(
  () => laplace(modern, [65536]),
  "float32[65536]",
  [-0.42798662, -2.980525, 0.5013916],
  "2cb5da6cf4c7c332",
);
answer(
  () => laplace(legacy, [65536]),
  "float32[65536]",
  [0.44634348, -0.31760934, -2.1962638],
  "4781be790e2ef40e",
);
answer(
  () => laplace(modern, [4096], { dtype: "bfloat16" }),
  "bfloat16[4096]",
  [2.5, 5.53125, -0.404296875],
  "1f41f45a7c5f05f9",
);
answer(
  () => laplace(legacy, [4096], { dtype: "bfloat16" }),
  "bfloat16[4096]",
  [1.9375, 0.392578125, 0.0439453125],
  "df4cd173eb54e699",
);
answer(
  () => logistic(modern, [65536]),
  "float32[65536]",
  [0.726742, 3.6479602, -0.8337934],
  "7fcb89e43bdb6980",
);
answer(
  () => logistic(legacy, [65536]),
  "float32[65536]",
  [-0.7538548, 0.55828846, 2.8321955],
  "1398e908baa27daf",
);
answer(
  () => logistic(modern, [4096], { dtype: "float16" }),
  "float16[4096]",
  [-1.6572265625, -0.03125, -1.642578125],
  "cfadb87b1929391e",
);
answer(
  () => logistic(legacy, [4096], { dtype: "float16" }),
  "float16[4096]",
  [2.482421875, 2.009765625, 1.3193359375],
  "dea37a5a2f56ac3f",
);
answer(
  () => cauchy(modern, [16]),
  "float32[16]",
  [0.6088751, 12.513639, -0.71298087],
  "8f72141bc5ebf0f2",
);
answer(
  () => cauchy(legacy, [16]),
  "float32[16]",
  [1.9991077, 0.06519776, -7.2653165],
  "aea44ec32d9602dd",
);
answer(() => rademacher(modern, [65537]), "int32[65537]", [-1, -1, 1], "b240ad834568fabc");
answer(() => rademacher(legacy, [65537]), "int32[65537]", [1, -1, 1], "14703066d20d1515");
answer(
  () => rademacher(modern, [101], { dtype: "int8" }),
  "int8[101]",
  [-1, -1, 1],
  "d23a2eba3413dbcb",
);
answer(
  () => rademacher(legacy, [101], { dtype: "int8" }),
  "int8[101]",
  [-1, 1, 1],
  "8f37351376d2e76f",
);
answer(
  () => rademacher(modern, [101], { dtype: "bfloat16" }),
  "bfloat16[101]",
  [-1.0, -1.0, 1.0],
  "fc0f040ad65287be",
);
answer(
  () => rademacher(legacy, [101], { dtype: "bfloat16" }),
  "bfloat16[101]",
  [-1.0, 1.0, 1.0],
  "7c2e88c440dd1561",
);
answer(
  () => gamma(modern, 2.5, [4099]),
  "float32[4099]",
  [2.6251302, 1.227299, 1.3155578],
  "d05f17882f3b3cf6",
);
answer(
  () => gamma(legacy, 2.5, [4099]),
  "float32[4099]",
  [1.0396286, 3.796255, 2.22001],
  "47bb1e1ebcc88628",
);
answer(
  () => gamma(modern, 1, [3, 5, 7]),
  "float32[3, 5, 7]",
  [0.9343917, 0.21791683, 0.25277784],
  "41a528efc9f3a8b3",
);
answer(
  () => gamma(legacy, 1, [3, 5, 7]),
  "float32[3, 5, 7]",
  [1.0048211, 0.4625636, 0.16128299],
  "a11559ffebbffd8a",
);
answer(
  () => gamma(modern, 2.5, [1024], { dtype: "float16" }),
  "float16[1024]",
  [1.5029296875, 2.5625, 1.908203125],
  "dd4ac62279fab651",
);
answer(
  () => gamma(legacy, 2.5, [1024], { dtype: "float16" }),
  "float16[1024]",
  [4.984375, 2.216796875, 2.369140625],
  "594e02f5a4455520",
);
answer(() => gamma(modern, 2.5, [0]), "float32[0]", [], "e3b0c44298fc1c14");
answer(() => gamma(legacy, 2.5, [0]), "float32[0]", [], "e3b0c44298fc1c14");
answer(
  () => loggamma(modern, 0.3, [4099]),
  "float32[4099]",
  [-14.374847, -1.841815, -9.560441],
  "981ecc058a48fc17",
);
answer(
  () => loggamma(legacy, 0.3, [4099]),
  "float32[4099]",
  [-6.049087, -3.2504723, -0.8855228],
  "d2e4943ef57f1ebf",
);
answer(
  () => beta(modern, 2, 3, [4096]),
  "float32[4096]",
  [0.398232, 0.3440985, 0.26755336],
  "519915fbc4d769a9",
);
answer(
  () => beta(legacy, 2, 3, [4096]),
  "float32[4096]",
  [0.64934164, 0.0784788, 0.5669952],
  "edad699a5a371309",
);
answer(
  () =>
    dirichlet(
      modern,
      [
        [1, 2],
        [3, 4],
      ],
      [16, 2],
    ),
  "float32[16, 2, 2]",
  [0.519669, 0.48033097, 0.21268444],
  "07ba11cf2418afb3",
);
answer(
  () =>
    dirichlet(
      legacy,
      [
        [1, 2],
        [3, 4],
      ],
      [16, 2],
    ),
  "float32[16, 2, 2]",
  [0.56641734, 0.43358266, 0.54266924],
  "fa9caec6a86471a0",
);
answer(() => poisson(modern, 3.7, [4099]), "int32[4099]", [4, 1, 1], "f1238dc481035f9e");
answer(() => poisson(legacy, 3.7, [4099]), "int32[4099]", [2, 2, 1], "306a53f7e26b18cb");
answer(() => poisson(modern, 37.3, [4099]), "int32[4099]", [41, 41, 38], "6d7ba71266705a27");
answer(() => poisson(legacy, 37.3, [4099]), "int32[4099]", [46, 42, 32], "3da7101bf6ac6047");
answer(() => poisson(modern, [0, 5, 20, 1e12]), "int32[4]", [0, 2, 18], "07881e6ce2cc9c71");
answer(() => poisson(legacy, [0, 5, 20, 1e12]), "int32[4]", [0, 6, 24], "578c0633eb0e43a0");
answer(
  () => poisson(modern, 3.7, [99], { dtype: "uint8" }),
  "uint8[99]",
  [4, 1, 1],
  "54ca1874966cdb13",
);
answer(
  () => poisson(legacy, 3.7, [99], { dtype: "uint8" }),
  "uint8[99]",
  [5, 2, 3],
  "58f4fd05b6633786",
);
answer(() => binomial(modern, 10, 0.3, [4099]), "float32[4099]", [5, 4, 3], "052f6e1055e76de5");
answer(() => binomial(legacy, 10, 0.3, [4099]), "float32[4099]", [4, 3, 3], "a343020de6c728fe");
answer(
  () => binomial(modern, 1000, 0.8, [1024]),
  "float32[1024]",
  [792, 793, 798],
  "1187dc6dbf58824b",
);
answer(
  () => binomial(legacy, 1000, 0.8, [1024]),
  "float32[1024]",
  [790, 799, 800],
  "3401b0a86e293f87",
);
answer(
  () => binomial(modern, 100, 0.3, [65537]),
  "float32[65537]",
  [36, 26, 34],
  "248c88870516ffbc",
);
answer(() => binomial(modern, 21, 0.5, [65537]), "float32[65537]", [7, 7, 9], "ae50dc3e1c2dc148");
answer(
  () => binomial(modern, 1e6, 0.37, [65537]),
  "float32[65537]",
  [370284, 370280, 370088],
  "3c12d23e906130a0",
);
answer(
  () => binomial(legacy, 100, 0.3, [65537]),
  "float32[65537]",
  [31, 31, 25],
  "31b21a1135340833",
);
answer(
  () => binomial(legacy, 21, 0.5, [65537]),
  "float32[65537]",
  [10, 10, 13],
  "688bb300247d6132",
);
answer(
  () => binomial(legacy, 1e6, 0.37, [65537]),
  "float32[65537]",
  [370075, 369423, 369582],
  "d037fbf520ef7689",
);
answer(
  () => binomial(modern, [0, 10, Infinity, 5, 5], [0.5, 1, 0.5, 0, 1]),
  "float32[5]",
  [0, 10, Infinity],
  "93162edf9df218c1",
);
answer(
  () => binomial(legacy, [0, 10, Infinity, 5, 5], [0.5, 1, 0.5, 0, 1]),
  "float32[5]",
  [0, 10, Infinity],
  "93162edf9df218c1",
);
answer(
  () => multinomial(modern, 20, [0.1, 0.2, 0.3, 0.4]),
  "float32[4]",
  [2, 5, 5],
  "2aa990bb18617b41",
);
answer(
  () => multinomial(legacy, 20, [0.1, 0.2, 0.3, 0.4]),
  "float32[4]",
  [2, 10, 3],
  "8e7d628e36b7b1d6",
);
answer(() => geometric(modern, 0.3, [65536]), "int32[65536]", [2, 1, 4], "fdd36551337ece76");
answer(() => geometric(legacy, 0.3, [65536]), "int32[65536]", [4, 2, 1], "389d1ba50ab7275e");
answer(() => geometric(modern, [1, 0.5], [3, 2]), "int32[3, 2]", [1, 1, 1], "c58134aaf7cb555a");
answer(() => geometric(legacy, [1, 0.5], [3, 2]), "int32[3, 2]", [1, 3, 1], "194c70810ba64c21");
answer(
  () => chisquare(modern, 3, [4096]),
  "float32[4096]",
  [3.0220666, 1.0437909, 1.1556823],
  "82e2700b4293f0b3",
);
answer(
  () => chisquare(legacy, 3, [4096]),
  "float32[4096]",
  [2.6011276, 2.8459826, 6.5971203],
  "f910c59e2e163cd1",
);
answer(
  () => t(modern, 3, [4096]),
  "float32[4096]",
  [2.315182, 0.14994875, -0.5002365],
  "29a72291c4c94a20",
);
answer(
  () => t(legacy, 3, [4096]),
  "float32[4096]",
  [-1.3459804, 0.1612327, -0.22510791],
  "52b0d5cd3fa2def3",
);
answer(
  () => f(modern, 3, 5, [4096]),
  "float32[4096]",
  [0.4838432, 1.1076066, 1.6477009],
  "01783386ddecca37",
);
answer(
  () => f(legacy, 3, 5, [4096]),
  "float32[4096]",
  [0.2171845, 6.4530354, 0.3108571],
  "c6a3e44e7eb238f8",
);
answer(
  () => pareto(modern, 2.5, [4096]),
  "float32[4096]",
  [1.5658886, 4.346924, 1.1552285],
  "a922520391c9ba63",
);
answer(
  () => pareto(legacy, 2.5, [4096]),
  "float32[4096]",
  [1.0689821, 1.1290764, 1.0305697],
  "0775c752d4e638b9",
);
answer(
  () => rayleigh(modern, 2.5, [4096]),
  "float32[4096]",
  [2.2203372, 0.5669086, 3.8641605],
  "8493001d07f4bc9f",
);
answer(
  () => rayleigh(legacy, 2.5, [4096]),
  "float32[4096]",
  [4.8391395, 4.093118, 5.727076],
  "fa9a640e3fab223e",
);
answer(
  () => lognormal(modern, 0.7, [4096]),
  "float32[4096]",
  [1.3714446, 3.9251935, 0.6967228],
  "96aba73f64d65868",
);
answer(
  () => lognormal(legacy, 0.7, [4096]),
  "float32[4096]",
  [0.4893044, 0.63984525, 0.36055338],
  "b84e82726e4804b7",
);
answer(
  () => wald(modern, 2.5, [4096]),
  "float32[4096]",
  [0.5103487, 3.126031, 1.1185877],
  "ad5eeb7ad29eaff0",
);
answer(
  () => wald(legacy, 2.5, [4096]),
  "float32[4096]",
  [0.8528799, 3.425923, 2.0496657],
  "781d8da3366f36fb",
);
answer(
  () => triangular(modern, -1, 0.5, 3, [4096]),
  "float32[4096]",
  [1.194702, 2.4961834, 0.3479842],
  "f16350ceb1ddac79",
);
answer(
  () => triangular(legacy, -1, 0.5, 3, [4096]),
  "float32[4096]",
  [-0.03998965, 0.25324357, -0.34038317],
  "12f3aab0ddd69600",
);
answer(
  () => weibullMin(modern, 2.5, 1, [4096]),
  "float32[4096]",
  [2.8028345, 9.184177, 0.90186363],
  "5fc6ba1d4f1345e8",
);
answer(
  () => weibullMin(legacy, 2.5, 1, [4096]),
  "float32[4096]",
  [0.41691783, 0.75874925, 0.1881986],
  "eb5964dc8f81c7e0",
);
answer(
  () => weibullMin(modern, [1, 2], 1),
  "float32[2]",
  [1.1211338, 2.2422676],
  "ddaf0f8e162a897c",
);
answer(
  () => weibullMin(legacy, [1, 2], 1),
  "float32[2]",
  [1.8585849, 3.7171698],
  "11b2a3a195378819",
);

answer(
  () => maxwell(modern, [4099]),
  "float32[4099]",
  [2.070286512374878, 0.7144703269004822, 1.4999796152114868],
  "bdc5760654425b20",
);
answer(
  () => doubleSidedMaxwell(modern, 1, 2, [4099]),
  "float32[4099]",
  [-1.4771912097930908, -4.170105457305908, 3.7603445053100586],
  "2066c3e6dbc6be60",
);
answer(
  () => maxwell(legacy, [4099]),
  "float32[4099]",
  [1.2252728939056396, 1.1886167526245117, 3.0676777362823486],
  "2c4224fe1c7e16b5",
);
answer(
  () => doubleSidedMaxwell(legacy, 1, 2, [4099]),
  "float32[4099]",
  [4.055047035217285, -3.509636878967285, -0.9744342565536499],
  "73997cb591598bf2",
);

// The order in which rows are summed depends on the size of the array.
const COVARIANCE = [
  [2, 0.5, 0.25],
  [0.5, 1, 0.125],
  [0.25, 0.125, 1.5],
];
answer(
  () => maxwell(modern, [1365]),
  "float32[1365]",
  [2.070286750793457, 0.7144703269004822, 1.4999796152114868],
  "8286afe6184c9b98",
);
answer(
  () => maxwell(modern, [1366]),
  "float32[1366]",
  [2.070286512374878, 0.7144703269004822, 1.4999796152114868],
  "2b2800918a94e305",
);
answer(
  () => doubleSidedMaxwell(modern, 1, 2, [1000]),
  "float32[1000]",
  [-1.4771909713745117, -4.170105457305908, 3.7603445053100586],
  "1feb986bb6ed89a0",
);
answer(
  () => dirichlet(modern, [0.5, 1, 2.5], [1000]),
  "float32[1000, 3]",
  [0.00015236261242534965, 0.14208492636680603, 0.8577626943588257],
  "0221374d294127c0",
);
answer(
  () => ball(modern, 3, 1, [1000]),
  "float32[1000, 3]",
  [-0.35356414318084717, 0.23271311819553375, 0.17131926119327545],
  "2374db5d4f784999",
);
answer(
  () => multivariateNormal(modern, [1, -1, 0.5], COVARIANCE, [5]),
  "float32[5, 3]",
  [1.6381428241729736, 0.9868217706680298, 0.08559894561767578],
  "e59332d1b85d9668",
);
answer(
  () => multivariateNormal(modern, [1, -1, 0.5], COVARIANCE, [20011]),
  "float32[20011, 3]",
  [1.6381428241729736, 0.9868218898773193, 0.08559894561767578],
  "1be493299dd130ee",
);
answer(
  () => maxwell(legacy, [1365]),
  "float32[1365]",
  [1.8903189897537231, 1.4308817386627197, 0.7804961800575256],
  "242191908ac26261",
);
answer(
  () => maxwell(legacy, [1366]),
  "float32[1366]",
  [1.1195131540298462, 0.916893482208252, 1.9488420486450195],
  "a47d5e33193f4fb3",
);
answer(
  () => doubleSidedMaxwell(legacy, 1, 2, [1000]),
  "float32[1000]",
  [-2.678755760192871, 3.5994791984558105, -4.590855598449707],
  "550efea103fcfdbc",
);
answer(
  () => dirichlet(legacy, [0.5, 1, 2.5], [1000]),
  "float32[1000, 3]",
  [0.06795582920312881, 0.16217641532421112, 0.7698677182197571],
  "497f68917199c3f2",
);
answer(
  () => ball(legacy, 3, 1, [1000]),
  "float32[1000, 3]",
  [-0.31799575686454773, -0.2848220765590668, -0.010264783166348934],
  "f28013721e098a68",
);
answer(
  () => multivariateNormal(legacy, [1, -1, 0.5], COVARIANCE, [5]),
  "float32[5, 3]",
  [2.480125904083252, -0.5813549757003784, -1.3819786310195923],
  "454d6d1bfbfbeafd",
);
answer(
  () => multivariateNormal(legacy, [1, -1, 0.5], COVARIANCE, [20011]),
  "float32[20011, 3]",
  [1.7663969993591309, 0.35178589820861816, 1.124558448791504],
  "3213dc7f41c90873",
);

// Powers, tangents, and the other logarithms and exponentials next to sums of large arrays.
const ONES = Array.from({ length: 5000 }, () => 1);
answer(
  () => weibullMin(modern, 1, 0.7, [20011]),
  "float32[20011]",
  [1.177441120147705, 6.416321277618408, 0.23303964734077454],
  "486e623566da0e5a",
);
answer(
  () => cauchy(modern, [65537]),
  "float32[65537]",
  [0.6088750958442688, 12.513639450073242, -0.7129808664321899],
  "2f24ed6f79f7ebc1",
);
answer(
  () => gamma(modern, 0.3, [20011]),
  "float32[20011]",
  [5.715880888601532e-7, 0.15852943062782288, 7.046175596769899e-5],
  "ad6b6b3121224bf5",
);
answer(
  () => generalizedNormal(modern, 0.5, [20011]),
  "float32[20011]",
  [-0.7024955749511719, -2.3498802185058594, 1.496875524520874],
  "33cc4fa723ca7061",
);
answer(
  () => dirichlet(modern, [0.5, 1, 2.5], [20011]),
  "float32[20011, 3]",
  [0.00015236261242534965, 0.14208492636680603, 0.8577626943588257],
  "cd11c6fa9d59e815",
);
answer(
  () => dirichlet(modern, ONES.slice(0, 100), [101]),
  "float32[101, 100]",
  [0.00886671431362629, 0.0020678755827248096, 0.0023986827582120895],
  "6227f367fb2ca746",
);
answer(
  () => dirichlet(modern, ONES, [3]),
  "float32[3, 5000]",
  [0.000184769814950414, 4.309161886340007e-5, 4.9985166697297245e-5],
  "39e9fc81351e2da5",
);
answer(
  () => ball(modern, 3, 1, [20011]),
  "float32[20011, 3]",
  [-0.3535640835762024, 0.23271308839321136, 0.17131923139095306],
  "e9f332f270ba5065",
);
answer(
  () => ball(modern, 7, 1.5, [3001]),
  "float32[3001, 7]",
  [-0.25818583369255066, 0.26808860898017883, 0.07895054668188095],
  "30e13c51e45f5c48",
);
answer(
  () => ball(modern, 1, 2, [5000]),
  "float32[5000, 1]",
  [-0.39942431449890137, 0.3541722893714905, 0.21004563570022583],
  "b6a8951e127e079d",
);
answer(
  () => ball(modern, 1, 2, [50, 100]),
  "float32[50, 100, 1]",
  [-0.39942431449890137, 0.3541722893714905, 0.21004563570022583],
  "b6a8951e127e079d",
);
answer(
  () => weibullMin(legacy, 1, 0.7, [20011]),
  "float32[20011]",
  [0.24639132618904114, 1.4505897760391235, 1.0452333688735962],
  "e597a2963f172d66",
);
answer(
  () => cauchy(legacy, [65537]),
  "float32[65537]",
  [-0.9549451470375061, 0.5255196690559387, -1.0223201513290405],
  "4c1b3667f69098cf",
);
answer(
  () => gamma(legacy, 0.3, [20011]),
  "float32[20011]",
  [0.002005415502935648, 0.00027980771847069263, 0.21233326196670532],
  "25fbc8b17eb4d54f",
);
answer(
  () => generalizedNormal(legacy, 0.5, [20011]),
  "float32[20011]",
  [-1.1746362447738647, -45.44795608520508, 5.947637557983398],
  "d48118157c874fc7",
);
answer(
  () => dirichlet(legacy, [0.5, 1, 2.5], [20011]),
  "float32[20011, 3]",
  [0.19302958250045776, 0.0022302328143268824, 0.8047401309013367],
  "68fe5a15a16636b1",
);
answer(
  () => dirichlet(legacy, ONES.slice(0, 100), [101]),
  "float32[101, 100]",
  [0.010422874242067337, 0.019542047753930092, 0.009579427540302277],
  "ee5350cfbb59c0ca",
);
answer(
  () => dirichlet(legacy, ONES, [3]),
  "float32[3, 5000]",
  [0.00042243258212693036, 0.00014891817409079522, 0.0009725909912958741],
  "eabed9a85cbb885d",
);
answer(
  () => ball(legacy, 3, 1, [20011]),
  "float32[20011, 3]",
  [0.44306543469429016, 0.2179085910320282, -0.12857039272785187],
  "421a4bda681c2150",
);
answer(
  () => ball(legacy, 7, 1.5, [3001]),
  "float32[3001, 7]",
  [0.10065207630395889, 0.4476841986179352, -0.3015637695789337],
  "2acc51472e554cef",
);
answer(
  () => ball(legacy, 1, 2, [5000]),
  "float32[5000, 1]",
  [0.748754620552063, -0.9606960415840149, 0.89265376329422],
  "817f206af41663e1",
);
answer(
  () => ball(legacy, 1, 2, [50, 100]),
  "float32[50, 100, 1]",
  [0.748754620552063, -0.9606959819793701, 0.89265376329422],
  "af191ed2e6c27aa1",
);
