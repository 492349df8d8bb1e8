const WORD: ArrayBuffer = /* @__PURE__ */ new ArrayBuffer(4);

/** One float32, sharing its four bytes with {@link U32}. */
export const F32: Float32Array = /* @__PURE__ */ new Float32Array(WORD);

/** The bit pattern of {@link F32}. */
export const U32: Uint32Array = /* @__PURE__ */ new Uint32Array(WORD);

const WORDS: ArrayBuffer = /* @__PURE__ */ new ArrayBuffer(8);

/** One float64, sharing its eight bytes with {@link F64_WORDS}. */
export const F64: Float64Array = /* @__PURE__ */ new Float64Array(WORDS);

/** The bit pattern of {@link F64}, low word first as on every engine of today. */
export const F64_WORDS: Uint32Array = /* @__PURE__ */ new Uint32Array(WORDS);
