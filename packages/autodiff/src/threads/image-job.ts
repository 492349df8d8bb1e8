import type { Job } from "./job.ts";

/** Parts of a batch. */
const MOST_PARTS = 8;

/** Does a range of the images of a batch. */
export type ImageRange = (
  inputs: readonly number[],
  output: number,
  first: number,
  count: number,
) => void;

/**
 * A job over the images of a batch.
 *
 * @param batch - Number of images.
 * @param pass - Images that go through together: parts are multiples of it.
 * @param images - Does a range.
 */
export function imageJob(batch: number, pass: number, images: ImageRange): Job {
  const size = pass * Math.ceil(batch / pass / MOST_PARTS);
  return {
    parts: Math.ceil(batch / size),
    run: (inputs, output, part) =>
      images(inputs, output, part * size, Math.min(size, batch - part * size)),
  };
}
