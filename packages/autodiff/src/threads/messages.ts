import type { WasmMemory } from "@flaxen/wasm";

/** What a new thread gets. */
export interface Start {
  /** The shared scratch memory. */
  readonly memory: WasmMemory;
  /** Where the workspace of this thread begins. */
  readonly from: number;
  /** Where it ends. */
  readonly to: number;
  /** The block through which the threads talk. */
  readonly block: SharedArrayBuffer;
}

/** What a thread says: its script is loaded; it waits for jobs. */
export type Reply = "loaded" | "ready";

/** One end of the line between two threads. */
export interface Port<Sent, Received> {
  /** Sends a message. */
  send(message: Sent): void;
  /** Sets what happens to messages. */
  receive(take: (message: Received) => void): void;
  /** Ends the line, and the thread if it is another one. */
  close(): void;
}

/** The parts of `node:worker_threads` that are used. */
interface NodeThreads {
  readonly Worker: new (script: object) => NodeWorker;
  readonly parentPort: NodePort | null;
}

interface NodePort {
  postMessage(message: unknown): void;
  on(event: string, listener: (message: never) => void): void;
  close(): void;
}

interface NodeWorker extends NodePort {
  unref(): void;
  terminate(): Promise<unknown>;
}

interface WebPort {
  postMessage(message: unknown): void;
  onmessage: ((event: { readonly data: never }) => void) | null;
  onerror: ((event: { readonly message?: string }) => void) | null;
}

interface WebWorker extends WebPort {
  terminate(): void;
}

// Bundlers know `new Worker(new URL("...", import.meta.url))` by its form, so these are global names here.
declare const URL: new (path: string, base: string) => object;
declare const Worker: (new (script: object, options: { type: "module" }) => WebWorker) | undefined;

interface Meta {
  readonly url: string;
}

/** The module of Node, if this is Node. Bundlers for pages do not see the name. */
async function nodeThreads(): Promise<NodeThreads | null> {
  const { process } = globalThis as {
    readonly process?: { readonly versions?: { readonly node?: string } };
  };
  if (process?.versions?.node === undefined) return null;
  const name = "node:worker_threads";
  return (await import(/* @vite-ignore */ name)) as NodeThreads;
}

/** In a thread: the line to the one that has started it. */
export async function messagePort(): Promise<Port<Reply, Start>> {
  const node = await nodeThreads();
  if (node !== null) {
    const port = node.parentPort as NodePort;
    return {
      send: (message) => port.postMessage(message),
      receive: (take) => port.on("message", take as (message: never) => void),
      close: () => port.close(),
    };
  }
  const port = globalThis as unknown as WebPort & { close(): void };
  return {
    send: (message) => port.postMessage(message),
    receive: (take) => (port.onmessage = ({ data }) => take(data)),
    close: () => port.close(),
  };
}

/**
 * Starts a thread.
 *
 * @param failed - Is told why a thread cannot start.
 */
export async function startThread(failed: (reason: string) => void): Promise<Port<Start, Reply>> {
  const node = await nodeThreads();
  if (node !== null) {
    const worker = new node.Worker(new URL("./thread.js", (import.meta as Meta).url));
    // A thread that waits for work must not keep the program from ending.
    worker.unref();
    worker.on("error", (error: Error) => failed(error.message));
    return {
      send: (message) => worker.postMessage(message),
      receive: (take) => worker.on("message", take as (message: never) => void),
      close: () => void worker.terminate(),
    };
  }
  if (typeof Worker === "undefined") throw new Error("there are no workers here");
  const worker = new Worker(new URL("./thread.js", (import.meta as Meta).url), { type: "module" });
  worker.onerror = ({ message }) => failed(message ?? "its script could not be loaded");
  return {
    send: (message) => worker.postMessage(message),
    receive: (take) => (worker.onmessage = ({ data }) => take(data)),
    close: () => worker.terminate(),
  };
}
