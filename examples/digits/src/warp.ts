import { NDArray, random } from "flaxen";

const SIZE = 8;
const CENTRE = (SIZE - 1) / 2;
/** Largest changes: rotation in radians, then scale, shear and shift (in pixels). */
const MAX = { rotation: (15 * Math.PI) / 180, scale: 0.1, shear: 0.2, shift: 0.7 };

/**
 * The images `[n, 8, 8, 1]`, each turned, stretched, sheared and shifted a little at random, so that the
 * model learns the digits and not the handwriting of the few people who wrote the training images.
 */
export function warp(images: NDArray<"float32">, key: random.Key): NDArray<"float32"> {
  const count = images.shape[0];
  const draws = random.uniform(key, [count, 6], { minval: -1, maxval: 1 }).data as Float32Array;
  const warped = new Float32Array(images.size);
  for (let image = 0; image < count; image++) {
    const [rotate, scaleX, shiftX, shiftY, shear, scaleY] = draws.subarray(
      6 * image,
      6 * image + 6,
    );
    const first = image * SIZE * SIZE;
    const pixels = images.data.subarray(first, first + SIZE * SIZE);
    const cos = Math.cos(rotate * MAX.rotation);
    const sin = Math.sin(rotate * MAX.rotation);
    for (let row = 0; row < SIZE; row++) {
      for (let column = 0; column < SIZE; column++) {
        const y = row - CENTRE;
        const x = column - CENTRE + MAX.shear * shear * y;
        const sourceX =
          (cos * x - sin * y) * (1 + MAX.scale * scaleX) + CENTRE + MAX.shift * shiftX;
        const sourceY =
          (sin * x + cos * y) * (1 + MAX.scale * scaleY) + CENTRE + MAX.shift * shiftY;
        warped[first + row * SIZE + column] = bilinear(pixels, sourceY, sourceX);
      }
    }
  }
  return new NDArray(warped, images.shape);
}

/** The value between four pixels; outside of the image everything is 0. */
function bilinear(pixels: Float32Array, y: number, x: number): number {
  const [top, left] = [Math.floor(y), Math.floor(x)];
  const [down, right] = [y - top, x - left];
  const pixel = (row: number, column: number): number =>
    row >= 0 && row < SIZE && column >= 0 && column < SIZE ? pixels[row * SIZE + column] : 0;
  return (
    (1 - down) * ((1 - right) * pixel(top, left) + right * pixel(top, left + 1)) +
    down * ((1 - right) * pixel(top + 1, left) + right * pixel(top + 1, left + 1))
  );
}
