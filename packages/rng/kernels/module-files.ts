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
  // `defineModule` of src/kernel.ts documents the encoding and undoes it.
  let last = 0;
  const encoded = bytes.map((byte, i) => {
    if (!(bytes[i - 1] >= 0x20 && bytes[i - 1] <= 0x22)) return byte;
    const difference = byte - last;
    last = byte;
    return difference;
  });
  const hex = Array.from(encoded, (byte) => byte.toString(16).padStart(2, "0")).join("");
  const text = `// Generated from kernels/${kernel}-kernel.ts by \`npm run kernels\`.\n\n/** The module in hexadecimal. */\nexport const ${constant} =\n  "${hex}";\n`;
  return { name: `${kernel}-module.ts`, text };
}
