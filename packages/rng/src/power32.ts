import { pow32 } from "@flaxen/dtype";

const fround = Math.fround;

/** Numbers whose product with the 16 parts of `[0.7, 1.4)` is next to 1. */
const INVERSES: readonly number[] = [
  1.398907162146528, 1.3403141896637998, 1.286432210124115, 1.2367150214269895, 1.1906977166711752,
  1.1479821020556429, 1.1082251448272158, 1.0711297413057381, 1.036437278977283, 1,
  0.9492859795739057, 0.8951049428609004, 0.8476821620351103, 0.8050314851692001,
  0.7664671008843108, 0.731428603316328,
];
/** Minus the binary logarithms of {@link INVERSES}. */
const LOGARITHMS: readonly number[] = [
  -0.48430022186289673, -0.42257122959194704, -0.3633754347673556, -0.30651309567405577,
  -0.25180720160537634, -0.19910014943794563, -0.14825100623281615, -0.09913323807318392,
  -0.051632812977629436, 0, 0.07508531937943004, 0.15987125980713107, 0.2384046664317681,
  0.31288288605863257, 0.38370422656453185, 0.451211048935815,
];
/** `2 ** (i / 32)`. */
const ROOTS: readonly number[] = [
  1, 1.0218971486541166, 1.0442737824274138, 1.0671404006768237, 1.0905077326652577,
  1.1143867425958924, 1.1387886347566916, 1.1637248587775775, 1.189207115002721, 1.215247359980469,
  1.241857812073484, 1.2690509571917332, 1.2968395546510096, 1.3252366431597413, 1.3542555469368927,
  1.383909881963832, 1.4142135623730951, 1.4451808069770467, 1.4768261459394993, 1.5091644275934228,
  1.5422108254079407, 1.5759808451078865, 1.6104903319492543, 1.645755478153965, 1.681792830507429,
  1.718619298122478, 1.7562521603732995, 1.7947090750031072, 1.8340080864093424, 1.8741676341103,
  1.9152065613971474, 1.9571441241754002,
];

/** Adding and subtracting this rounds a small float64 to a multiple of 1/32. */
const THIRTY_SECONDS = 1.5 * 2 ** 47;

const SMALLEST_NORMAL = 2 ** -126;

const F32: Float32Array = /* @__PURE__ */ new Float32Array(1);
const I32: Int32Array = /* @__PURE__ */ new Int32Array(F32.buffer);
const F64: Float64Array = /* @__PURE__ */ new Float64Array(1);
const F64_WORDS: Int32Array = /* @__PURE__ */ new Int32Array(F64.buffer);

/**
 * The power `x ** y` of float32 numbers, `x` at least 0, as the C library computes it that JAX calls on Linux: short
 * polynomials and tables in float64, rounded once, at most 0.82 ulp from the true value. Subnormal results are 0. Unlike
 * `pow32`, whose longer polynomials SIMD lanes can follow, it has the bits of that library.
 *
 * Nagy (2017), Arm Optimized Routines, `powf`. https://github.com/ARM-software/optimized-routines
 */
export function power32(x: number, y: number): number {
  if (!(x >= SMALLEST_NORMAL && x < Infinity && Math.abs(y) < Infinity)) return pow32(x, y);
  const power = fround(exp2(y * log2(x)));
  return power < SMALLEST_NORMAL ? 0 : power;
}

/** The binary logarithm of a positive normal float32. */
function log2(x: number): number {
  F32[0] = x;
  const offset = I32[0] - 0x3f330000;
  const i = (offset >> 19) & 15;
  I32[0] -= offset & 0xff800000; // from here on in [0.7, 1.4)
  const z = F32[0];
  const inverse = INVERSES[i];
  // z * inverse - 1 with one rounding: the product with the upper half of the inverse is exact.
  const upper = fround(inverse);
  const r = z * upper - 1 + z * (inverse - upper);
  const square = r * r;
  const high = 0.288457581109214 * r + -0.36092606229713164;
  const middle = 0.480898481472577 * r + -0.7213474675006291;
  const low = 1.4426950408774342 * r + (LOGARITHMS[i] + (offset >> 23));
  return high * (square * square) + (middle * square + low);
}

/** `2 ** x`. */
function exp2(x: number): number {
  if (x >= 128) return Infinity;
  if (x <= -150) return 0;
  const rounded = x + THIRTY_SECONDS - THIRTY_SECONDS;
  const r = x - rounded;
  const k = rounded * 32;
  const scale = ROOTS[k & 31];
  const z = 0.05550361559341535 * r + 0.2402284522445722;
  const y = z * (r * r) + (0.6931471806916203 * r + 1);
  F64_WORDS[0] = 0;
  F64_WORDS[1] = ((k >> 5) + 1023) << 20;
  return y * (scale * F64[0]);
}
