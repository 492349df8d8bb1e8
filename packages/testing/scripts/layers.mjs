// The layer rule: a package's tsconfig references equal its workspace dependencies, and each stands above it in the root list.
import { layers, readJson } from "./workspace.mjs";

/** Every breach of the layer rule, as a sentence. */
export function layerErrors() {
  const folderOf = new Map(
    layers.map((folder) => [readJson(`${folder}/package.json`).name, folder]),
  );
  return layers.flatMap((folder, position) => {
    const packageJson = readJson(`${folder}/package.json`);
    const { dependencies = {}, peerDependencies = {}, peerDependenciesMeta = {} } = packageJson;
    const declared = Object.keys(dependencies).sort();
    const references = (readJson(`${folder}/tsconfig.json`).references ?? [])
      .map(({ path }) => `packages/${path.replace("../", "")}`)
      .sort();
    // A sub-path may adapt another library when the user has it; nothing else may need one.
    const peers = Object.keys(peerDependencies).filter(
      (name) => !peerDependenciesMeta[name]?.optional,
    );
    const foreign = [...declared.filter((name) => !folderOf.has(name)), ...peers];
    const wanted = declared
      .map((name) => folderOf.get(name))
      .filter(Boolean)
      .sort();
    const errors = [];
    if (foreign.length > 0)
      errors.push(`${folder} depends on ${foreign.join(", ")}, which is not of this workspace.`);
    if (wanted.join() !== references.join())
      errors.push(`${folder} references [${references}] but depends on [${wanted}].`);
    for (const dependency of wanted)
      if (layers.indexOf(dependency) >= position)
        errors.push(`${folder} must not import ${dependency}.`);
    return errors;
  });
}
