import { reshape } from "@flaxen/ndarray";
import type { NDArray } from "@flaxen/ndarray";
import { scratch, scratchEpoch, simdSupported, wasmEnabled, wasmSupported } from "@flaxen/wasm";
import type { Scratch } from "@flaxen/wasm";
import { byteLength, copyIn, copyOut } from "../memory-kernel.ts";
import { storageOf } from "./cluster.ts";
import { matchGraph } from "./graph.ts";
import type { Graph, GraphValue, Scalars } from "./graph.ts";
import { constantsOf, Placement } from "./placement.ts";
import { chainSteps } from "./chains.ts";
import { compileChains } from "./compile-steps.ts";
import type { CompiledChain } from "./compile-steps.ts";
import { planSteps } from "./steps.ts";
import { PlainProgram } from "./plain-program.ts";
import type { Step } from "./steps.ts";
import { Resident } from "./resident.ts";

/** What a program takes and gives: arrays, or results that it has kept itself. */
export type ProgramValue = NDArray | Resident;

/**
 * A compiled graph.
 *
 * With WebAssembly it runs on one planned stretch of the scratch memory: inputs are copied in, the steps run,
 * outputs are copied out. Outputs that are carried stay there, in the place of the input that they replace, as
 * {@link Resident}s. Without WebAssembly the same primitives are evaluated one by one, with the same results.
 */
export class Program {
  private readonly code: Code;
  private readonly scalars: Scalars;

  /**
   * Compiles a graph.
   *
   * @param graph - What to compute.
   * @param carried - For each output the position of the input whose place it takes in the next call, or null.
   * @param compiled - What was compiled for a matching graph, and the scalars in which this one differs from it.
   */
  constructor(
    graph: Graph,
    carried: readonly (number | null)[] = [],
    compiled?: { readonly code: Code; readonly scalars: Scalars },
  ) {
    this.code = compiled?.code ?? new Code(graph, carried);
    this.scalars = compiled?.scalars ?? NONE;
  }

  /** This program for a graph that differs in scalar constants at most; undefined for other graphs. */
  withScalarsOf(graph: Graph, carried: readonly (number | null)[]): Program | undefined {
    const { code } = this;
    const same =
      carried.length === code.carried.length &&
      carried.every((position, i) => position === code.carried[i]);
    const scalars = same ? matchGraph(code.graph, graph) : undefined;
    return scalars === undefined ? undefined : new Program(graph, carried, { code, scalars });
  }

  /** Whether both run the same code, on whatever scalars. */
  isOneWith(other: Program): boolean {
    return this.code === other.code;
  }

  /** Runs the program on arrays of the shapes and dtypes of the graph's inputs. */
  call(inputs: readonly ProgramValue[]): ProgramValue[] {
    return this.code.call(inputs, this.scalars);
  }

  /** What was compiled, for reports. */
  describe(): ProgramDescription {
    return this.code.describe();
  }
}

const NONE: Scalars = /* @__PURE__ */ new Map();

/** What is compiled for all graphs that differ in scalar constants only. */
class Code {
  readonly graph: Graph;
  readonly carried: readonly (number | null)[];
  private arena: ArenaProgram | null;
  private epoch: number;
  private readonly plain: PlainProgram;

  constructor(graph: Graph, carried: readonly (number | null)[]) {
    this.graph = graph;
    this.carried = carried;
    this.arena = ArenaProgram.compile(graph, carried);
    this.epoch = scratchEpoch();
    this.plain = new PlainProgram(graph);
  }

  call(inputs: readonly ProgramValue[], scalars: Scalars): ProgramValue[] {
    if (this.epoch !== scratchEpoch()) {
      this.arena = ArenaProgram.compile(this.graph, this.carried);
      this.epoch = scratchEpoch();
    }
    return this.arena?.call(inputs, scalars) ?? this.plain.call(inputs.map(arrayOf), scalars);
  }

  describe(): ProgramDescription {
    const chains = this.arena?.chains.map(({ steps }) => steps) ?? [];
    const steps = chains.flat();
    return {
      operations: this.graph.traced,
      kept: this.plain.length,
      loops: steps.filter(({ kind }) => kind === "loop").length,
      kernels: steps.filter(({ kind }) => kind === "kernel").map(({ name }) => name),
      evaluated: steps.filter(({ kind }) => kind === "evaluate").map(({ name }) => name),
      chains: chains
        .filter(({ length }) => length > 1)
        .map((chain) => chain.map(({ name }) => name)),
      bytes: this.arena?.placement.bytes ?? 0,
      keptBytes: this.arena?.placement.keptBytes ?? 0,
      carried: this.arena?.placement.slots.filter((slot) => slot !== null).length ?? 0,
    };
  }
}

/** What `explain()` tells. */
export interface ProgramDescription {
  /** Applications of primitives that were traced. */
  readonly operations: number;
  /** How many are left after equal ones were shared and unused ones dropped. */
  readonly kept: number;
  /** Fused element-wise loops. */
  readonly loops: number;
  /** Primitives that run as SIMD kernels on the program's memory. */
  readonly kernels: readonly string[];
  /** Primitives that have no kernel and are evaluated as outside of `jit`. */
  readonly evaluated: readonly string[];
  /** Kernels and loops that run block by block, so that each finds in the cache what the ones before it have written. */
  readonly chains: readonly (readonly string[])[];
  /** Working memory of a call. */
  readonly bytes: number;
  /** Memory of carried results and constants. */
  readonly keptBytes: number;
  /** Number of carried results. */
  readonly carried: number;
}

/** Memory that is given back when a program is no longer in use. */
interface Kept {
  readonly memory: Scratch;
  readonly addresses: readonly number[];
}

const abandoned: FinalizationRegistry<Kept> = /* @__PURE__ */ new FinalizationRegistry(
  ({ memory, addresses }) => {
    for (const address of addresses) memory.drop(address);
  },
);

/** A program over the scratch memory. */
class ArenaProgram {
  readonly chains: readonly CompiledChain[];
  readonly placement: Placement;
  private readonly graph: Graph;
  private readonly memory: Scratch;
  /** Where the working memory was in the last call. */
  private base = -1;
  private running = false;
  /** What its constants hold. */
  private scalars: Scalars = NONE;
  private readonly constants: ReadonlySet<GraphValue>;
  /** What the slot of each carried input holds, if it has not been handed over. */
  private readonly owners: (Resident | null)[];
  /** Whether each input is wanted in the memory. */
  private readonly wanted: readonly boolean[];
  /** Inputs that are returned as they are. */
  private readonly returned: readonly number[];

  /** Null where WebAssembly is missing or memory is short. */
  static compile(graph: Graph, carried: readonly (number | null)[]): ArenaProgram | null {
    const allowed = wasmEnabled() && wasmSupported() && simdSupported();
    const memory = allowed ? scratch() : undefined;
    if (memory === undefined) return null;
    const steps = planSteps(graph);
    let bytes = 0;
    for (const value of constantsOf(steps)) bytes += byteLength(value) + 64;
    return bytes > memory.available / 2 ? null : new ArenaProgram(graph, steps, carried, memory);
  }

  private constructor(
    graph: Graph,
    steps: readonly Step[],
    carried: readonly (number | null)[],
    memory: Scratch,
  ) {
    this.graph = graph;
    this.memory = memory;
    const chains = chainSteps(steps);
    this.placement = new Placement(graph, chains, carried, memory);
    this.constants = constantsOf(steps);
    this.chains = compileChains(chains, memory);
    this.owners = graph.inputs.map(() => null);
    const read = new Set(steps.flatMap(({ inputs }) => inputs.map(storageOf)));
    this.wanted = graph.inputs.map((input) => read.has(input));
    this.returned = graph.outputs.flatMap((output) => {
      const { source } = storageOf(output);
      return source.kind === "input" ? [source.position] : [];
    });
    abandoned.register(this, { memory, addresses: this.placement.kept });
  }

  /** Undefined if it cannot run now: WebAssembly is off, memory is short, or it runs already. */
  call(inputs: readonly ProgramValue[], scalars: Scalars): ProgramValue[] | undefined {
    const { memory, placement } = this;
    if (!wasmEnabled() || this.running || placement.bytes > memory.available) return undefined;
    const base = memory.allocate(placement.bytes);
    this.running = true;
    try {
      if (base !== this.base) this.locate(base);
      if (scalars !== this.scalars) this.loadScalars(scalars, base);
      this.load(inputs, base);
      for (const chain of this.chains) chain.run();
      for (const { from, slot, length } of placement.moves) {
        const start = placement.addressOf(from, base);
        memory.u8.copyWithin(slot, start, start + length);
      }
      return this.results(inputs, base);
    } finally {
      this.running = false;
      memory.release(base);
    }
  }

  private locate(base: number): void {
    this.base = -1;
    for (const chain of this.chains) {
      chain.locate((value) => this.placement.addressOf(value, base));
    }
    this.base = base;
  }

  /** Brings the inputs in; whatever else their slots hold is read back first. */
  private load(inputs: readonly ProgramValue[], base: number): void {
    const { memory, placement, owners, graph } = this;
    for (const position of this.returned) arrayOf(inputs[position]);
    for (let i = 0; i < inputs.length; i++) {
      const x = inputs[i];
      const owner = owners[i];
      if (owner !== null) {
        if (owner === x) continue;
        owner.read();
        owner.handOver();
        owners[i] = null;
      }
      if (this.wanted[i]) copyIn(memory, placement.addressOf(graph.inputs[i], base), arrayOf(x));
    }
  }

  private loadScalars(scalars: Scalars, base: number): void {
    const { memory, placement } = this;
    for (const value of new Set([...this.scalars.keys(), ...scalars.keys()])) {
      const { source } = value;
      if (source.kind !== "constant" || !this.constants.has(value)) continue;
      copyIn(memory, placement.addressOf(value, base), scalars.get(value) ?? source.array);
    }
    this.scalars = scalars;
  }

  private read(slot: number, output: GraphValue): NDArray {
    return copyOut(this.memory, slot, output);
  }

  private results(inputs: readonly ProgramValue[], base: number): ProgramValue[] {
    const { memory, placement, graph, owners } = this;
    return graph.outputs.map((output, i) => {
      const position = placement.carried[i];
      if (position !== null) {
        owners[position]?.handOver();
        const slot = placement.slots[position] as number;
        // It holds on to this program, whose end would free the slot.
        const resident = new Resident(output.shape, output.dtype, () => this.read(slot, output));
        owners[position] = resident;
        return resident;
      }
      const { source } = storageOf(output);
      if (source.kind === "application") {
        return copyOut(memory, placement.addressOf(output, base), output);
      }
      const array =
        source.kind === "constant"
          ? (this.scalars.get(storageOf(output)) ?? source.array)
          : arrayOf(inputs[source.position]);
      return reshape(array, output.shape);
    });
  }
}

function arrayOf(x: ProgramValue): NDArray {
  return x instanceof Resident ? x.read() : x;
}
