/** Returns the places of the `count` largest values, largest first; of equal ones the first comes first. */
export function topIndices(values: ArrayLike<number>, count: number): Uint32Array {
  const order = Uint32Array.from(values, (_, i) => i);
  // The difference of two equal infinities is NaN, which leaves the decision to the places.
  order.sort((a, b) => values[b] - values[a] || a - b);
  return order.slice(0, count);
}
