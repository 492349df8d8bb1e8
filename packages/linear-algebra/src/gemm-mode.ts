/** C = A B. */
export const OVERWRITE = 0;
/** C + A B, each sum going on from C. */
export const ADD = 1;
/** C - A B, each sum going on from C. */
export const SUBTRACT = 2;

/** What a product does to C. */
export type Mode = typeof OVERWRITE | typeof ADD | typeof SUBTRACT;
