import { moduleText } from "./module-text.ts";
import { buildNormalModule } from "./normal-kernel.ts";
import { buildUniformModule } from "./uniform-kernel.ts";

/** A generated file of `src`, by its name. */
export interface ModuleFile {
  readonly name: string;
  readonly text: string;
}

/** The files of `src` that hold the kernels' bytes. */
export function moduleFiles(): ModuleFile[] {
  return [
    moduleFile("uniform", "UNIFORM_MODULE", buildUniformModule()),
    moduleFile("normal", "NORMAL_MODULE", buildNormalModule()),
  ];
}

function moduleFile(kernel: string, constant: string, bytes: Uint8Array): ModuleFile {
  const text = `// Generated from kernels/${kernel}-kernel.ts by \`npm run kernels\`.\n\n/** The module, see \`defineModule\`. */\nexport const ${constant} =\n  "${moduleText(bytes)}";\n`;
  return { name: `${kernel}-module.ts`, text };
}
