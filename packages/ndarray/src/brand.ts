/** Marks arrays of the NDArray class, whichever copy of the package made them. */
export const NDARRAY: unique symbol = /* @__PURE__ */ Symbol.for("flaxen.NDArray");
