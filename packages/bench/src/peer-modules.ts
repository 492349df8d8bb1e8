import { createRequire } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";

/** Where the peers are installed. */
export const peersFolder: string = fileURLToPath(new URL("../peers/", import.meta.url));

const require = createRequire(`${peersFolder}package.json`);

// Peers are no dependency of the workspace, so that their types are not at hand.

/** Imports an ES module of a peer. */
export function importPeer(name: string): Promise<any> {
  return import(pathToFileURL(require.resolve(name)).href);
}

/** Loads a CommonJS module of a peer. */
export function requirePeer(name: string): any {
  return require(name);
}
