import { convolutionJob } from "../convolution/memory-kernels.ts";
import type { ConvolutionGeometry } from "../convolution/geometry.ts";
import { poolingJob } from "../kernels/pooling.ts";
import type { PoolingFunctions } from "../kernels/pooling-functions.ts";
import type { PoolingGeometry } from "../pooling-kernels.ts";
import type { Job, JobDescription } from "./job.ts";
import { productJob } from "./product-job.ts";

/** Makes the job that a description says; undefined if it cannot be done in this thread. */
export function makeJob(description: JobDescription): Job | undefined {
  switch (description.kind) {
    case "matmul":
      return productJob(description.product);
    case "convolution": {
      const { wanted, dtype, geometry } = description;
      return convolutionJob(wanted, geometry as ConvolutionGeometry, dtype);
    }
    case "pooling": {
      const { name, dtype, geometry } = description;
      return poolingJob(name as keyof PoolingFunctions, dtype, geometry as PoolingGeometry);
    }
  }
}
