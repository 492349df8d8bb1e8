import { dilatedSize, windowCounts } from "../conv-padding.ts";
import type { WindowGeometry } from "../conv-padding.ts";

/** One convolution: sizes of its channels-last arrays and the places of its windows. */
export interface ConvolutionGeometry extends WindowGeometry {
  readonly batch: number;
  readonly inFeatures: number;
  readonly outFeatures: number;
  readonly groups: number;
}

/** Every `step`-th element of an axis from `first` on. */
interface Progression {
  readonly first: number;
  readonly step: number;
  readonly count: number;
}

/** What one spatial axis contributes to a {@link Phase}. */
interface PhaseAxis {
  /** The windows of this phase, among all windows. */
  readonly windows: Progression;
  /** The taps of the kernel that meet input elements, among all taps; possibly none. */
  readonly taps: Progression;
  /** Input position under the first of these taps of the first of these windows; may lie in the padding. */
  readonly first: number;
  /** Input elements from one window to the next, and from one tap to the next. */
  readonly stride: number;
  readonly dilation: number;
}

/**
 * A part of a convolution without holes between input elements: the windows that meet the same taps.
 * A convolution with `lhsDilation` 1 has one phase, others have up to the product of the dilations.
 */
export type Phase = readonly PhaseAxis[];

/** Splits a convolution by which taps fall on input elements and not in the holes between them. */
export function phasesOf(geometry: WindowGeometry): Phase[] {
  const counts = windowCounts(geometry);
  let phases: Phase[] = [[]];
  for (const [axis, count] of counts.entries()) {
    const next = axisPhases(geometry, axis, count);
    phases = phases.flatMap((phase) => next.map((part) => [...phase, part]));
  }
  return phases;
}

function axisPhases(geometry: WindowGeometry, axis: number, count: number): PhaseAxis[] {
  const holes = geometry.lhsDilation[axis];
  const stride = geometry.strides[axis];
  const dilation = geometry.rhsDilation[axis];
  const low = geometry.padding[axis][0];
  const taps = geometry.windowShape[axis];
  const windowStep = holes / greatestCommonDivisor(holes, stride);
  const tapStep = holes / greatestCommonDivisor(holes, dilation);
  const phases: PhaseAxis[] = [];
  for (let window = 0; window < Math.min(windowStep, count); window++) {
    let tap = 0;
    const position = (): number => window * stride + tap * dilation - low;
    while (tap < tapStep && position() % holes !== 0) tap++;
    const met = tap < tapStep ? Math.max(Math.ceil((taps - tap) / tapStep), 0) : 0;
    phases.push({
      windows: {
        first: window,
        step: windowStep,
        count: Math.ceil((count - window) / windowStep),
      },
      taps: { first: tap, step: tapStep, count: met },
      first: met > 0 ? position() / holes : 0,
      stride: (windowStep * stride) / holes,
      dilation: (tapStep * dilation) / holes,
    });
  }
  return phases;
}

function greatestCommonDivisor(a: number, b: number): number {
  while (b > 0) [a, b] = [b, a % b];
  return a;
}

/** Whether the convolution or one of its gradients sums nothing. */
export function isEmpty(geometry: ConvolutionGeometry): boolean {
  const { batch, inFeatures, outFeatures } = geometry;
  const pixels = windowCounts(geometry).reduce((product, n) => product * n, 1);
  return batch * inFeatures * outFeatures * pixels === 0;
}

/** The convolution that takes the output's gradient to the input's, with the kernel of {@link flipKernel}. */
export function transposedGeometry(geometry: ConvolutionGeometry): ConvolutionGeometry {
  const { inputShape, windowShape, strides, lhsDilation, rhsDilation } = geometry;
  const outputShape = windowCounts(geometry);
  const padding = inputShape.map((n, axis): [number, number] => {
    const window = dilatedSize(windowShape[axis], rhsDilation[axis]);
    const low = window - 1 - geometry.padding[axis][0];
    const spread = dilatedSize(outputShape[axis], strides[axis]);
    return [low, (n - 1) * lhsDilation[axis] + window - spread - low];
  });
  return {
    batch: geometry.batch,
    inFeatures: geometry.outFeatures,
    outFeatures: geometry.inFeatures,
    groups: geometry.groups,
    inputShape: outputShape,
    windowShape,
    strides: lhsDilation,
    padding,
    lhsDilation: strides,
    rhsDilation,
  };
}
