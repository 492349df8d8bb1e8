/** What a training run has measured so far; plain data, kept in the checkpoint. */
export interface History {
  /** Loss of each train step. */
  readonly losses: number[];
  /** Mean accuracy on the training batches of each epoch, 0 to 1. */
  readonly trainAccuracy: number[];
  /** Accuracy on the test images after each epoch, 0 to 1. */
  readonly testAccuracy: number[];
}

export function emptyHistory(): History {
  return { losses: [], trainAccuracy: [], testAccuracy: [] };
}

/** `matrix[truth][prediction]` counts the images. */
export function confusionMatrix(
  truths: ArrayLike<number>,
  predictions: ArrayLike<number>,
): number[][] {
  const matrix = Array.from({ length: 10 }, () => new Array<number>(10).fill(0));
  for (let i = 0; i < truths.length; i++) matrix[truths[i]][predictions[i]]++;
  return matrix;
}
