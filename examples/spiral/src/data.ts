import { NDArray, random } from "flaxen";

/** Points `[n, 2]` within about [-1, 1] and the spiral that each belongs to, `[n]`. */
export interface Points {
  readonly points: NDArray<"float32">;
  readonly labels: NDArray<"int32">;
}

export const CLASSES = 3;
const TURNS = 1.1;
const NOISE = 0.03;

/** `count` points of each spiral, in turn, a little off their lines. */
export function spirals(key: random.Key, count: number): Points {
  const [along, off] = random.split(key);
  const distances = random.uniform(along, [count, CLASSES], { minval: 0.05 });
  const noise = random.normal(off, [count, CLASSES, 2]);
  const size = count * CLASSES;
  const points = new Float32Array(2 * size);
  for (let i = 0; i < size; i++) {
    const radius = distances.data[i];
    const angle = 2 * Math.PI * (TURNS * radius + i / CLASSES);
    points[2 * i] = radius * Math.cos(angle) + NOISE * noise.data[2 * i];
    points[2 * i + 1] = radius * Math.sin(angle) + NOISE * noise.data[2 * i + 1];
  }
  return {
    points: new NDArray(points, [size, 2]),
    labels: new NDArray(
      Int32Array.from({ length: size }, (_, i) => i % CLASSES),
      [size],
    ),
  };
}
