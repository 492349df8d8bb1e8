import { nnx, relu, reshape, sigmoid } from "flaxen";
import type { Tensor } from "flaxen";

/** How many numbers an image is squeezed into. */
export const CODE = 8;

/** Convolutions down to `CODE` numbers, transposed convolutions back up to the image. */
export class Autoencoder extends nnx.Module {
  conv1: nnx.Conv;
  conv2: nnx.Conv;
  code: nnx.Linear;
  spread: nnx.Linear;
  up1: nnx.ConvTranspose;
  up2: nnx.ConvTranspose;

  constructor({ rngs }: { readonly rngs: nnx.Rngs }) {
    super();
    const options = { kernelSize: [3, 3], strides: 2, rngs };
    this.conv1 = new nnx.Conv(1, 12, options);
    this.conv2 = new nnx.Conv(12, 24, options);
    this.code = new nnx.Linear(2 * 2 * 24, CODE, { rngs });
    this.spread = new nnx.Linear(CODE, 2 * 2 * 24, { rngs });
    this.up1 = new nnx.ConvTranspose(24, 12, options);
    this.up2 = new nnx.ConvTranspose(12, 1, options);
  }

  /** The codes `[n, CODE]` of images `[n, 8, 8, 1]` with values in [0, 1]. */
  encode(images: Tensor): Tensor {
    const x = relu(this.conv2.forward(relu(this.conv1.forward(images))));
    return this.code.forward(reshape(x, [-1, 2 * 2 * 24]));
  }

  /** The images `[n, 8, 8, 1]` that codes stand for. */
  decode(codes: Tensor): Tensor {
    const x = reshape(relu(this.spread.forward(codes)), [-1, 2, 2, 24]);
    return sigmoid(this.up2.forward(relu(this.up1.forward(x))));
  }

  /** What comes back of images. */
  forward(images: Tensor): Tensor {
    return this.decode(this.encode(images));
  }
}
