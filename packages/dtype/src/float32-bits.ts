const WORD: ArrayBuffer = /* @__PURE__ */ new ArrayBuffer(4);

/** One float32, sharing its four bytes with {@link U32}. */
export const F32: Float32Array = /* @__PURE__ */ new Float32Array(WORD);

/** The bit pattern of {@link F32}. */
export const U32: Uint32Array = /* @__PURE__ */ new Uint32Array(WORD);
