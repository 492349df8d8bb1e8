import { call } from "../contestant.ts";
import type { Adapter } from "../contestant.ts";
import { numbers } from "../inputs.ts";
import { importPeer } from "../peer-modules.ts";

/** Every result is disposed of, as its guide says: its memory is a heap of fixed size. */
export async function adapter(): Promise<Adapter> {
  const np = await importPeer("numpy-ts");
  const array = (length: number, seed: number, shape: number[]): any =>
    np.array(Array.from(numbers(length, seed)), "float32").reshape(...shape);
  const arrayCall = (run: () => any) =>
    call<any>({ run, read: (x) => x.reshape(-1).tolist(), free: (x) => x.dispose() });
  return ({ kind, sizes }) => {
    const n = sizes["n"]!;
    switch (kind) {
      case "matmul": {
        const [a, b] = [array(n * n, 1, [n, n]), array(n * n, 2, [n, n])];
        const [left, right] = [sizes["transposeA"] ? a.T : a, sizes["transposeB"] ? b.T : b];
        return arrayCall(() => np.matmul(left, right));
      }
      case "add": {
        const [a, b] = [array(n, 1, [n]), array(n, 2, [n])];
        return arrayCall(() => np.add(a, b));
      }
      case "uniform":
      case "normal": {
        // Its generators draw float64 only.
        const generator = np.random.default_rng(0);
        return arrayCall(() =>
          kind === "uniform" ? generator.uniform(0, 1, [n]) : generator.normal(0, 1, [n]),
        );
      }
      default:
        return undefined;
    }
  };
}
