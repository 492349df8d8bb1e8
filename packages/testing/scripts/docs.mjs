// Writes the documentation site to docs/api.
import { runTool } from "./workspace.mjs";

process.exitCode = runTool("typedoc", process.argv.slice(2), { inherit: true }).status;
