// Turns every `ts` block of the doc comments, READMEs and guides into a test, so that what they print is checked.
//   expr; // => value                  asserts deep equality, arrays compared as nested lists
//   expr; // => Array([1.], …)         asserts String(expr), white space folded
//   expr; // throws RangeError: text   asserts the class and the whole message
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join, relative } from "node:path";
import ts from "typescript";
import { listFiles } from "./files.mjs";
import { folders, root } from "./workspace.mjs";

const FENCE = /^```ts\n([\s\S]*?)^```$/gm;

/** The `ts` blocks of Markdown text with the line each starts on. */
function fences(text, firstLine = 1) {
  return [...text.matchAll(FENCE)].map((match) => ({
    code: match[1],
    line: firstLine + text.slice(0, match.index).split("\n").length,
  }));
}

/** The `ts` blocks of the doc comments of a source file. */
function commentFences(source) {
  return [...source.matchAll(/^[ \t]*\/\*\*[\s\S]*?\*\//gm)].flatMap((comment) => {
    const firstLine = source.slice(0, comment.index).split("\n").length;
    return fences(comment[0].replace(/^[ \t]*(\/\*\*|\*\/|\*) ?/gm, ""), firstLine);
  });
}

/** The text after `// =>` or `// throws` behind a statement, with the comment lines that continue it. */
function annotation(code, statement) {
  const trailing = ts.getTrailingCommentRanges(code, statement.end)?.[0];
  if (!trailing) return undefined;
  const match = /^\/\/ (=>|throws) (.*)$/.exec(code.slice(trailing.pos, trailing.end));
  if (!match) return undefined;
  const lines = [match[2]];
  for (const line of code.slice(trailing.end + 1).split("\n")) {
    const continued = /^\s*\/\/ {2,}(\S.*)$/.exec(line);
    if (!continued) break;
    lines.push(continued[1]);
  }
  return { kind: match[1], text: lines.join("\n") };
}

/** The assertion that an annotated statement becomes. */
function assertion(source, statement, { kind, text }) {
  const declared =
    ts.isVariableStatement(statement) &&
    statement.declarationList.declarations[0].name.getText(source);
  const expression =
    declared || (ts.isExpressionStatement(statement) && statement.expression.getText(source));
  if (!expression)
    throw new SyntaxError(`an annotation needs an expression, got ${statement.getText(source)}`);
  if (kind === "throws")
    return `exampleThrows(testContext, () => (${expression}), ${JSON.stringify(text.replace(/\n/g, " "))});`;
  const setUp = declared ? `${statement.getText(source)}\n` : "";
  if (!text.startsWith("Array("))
    return `${setUp}exampleEquals(testContext, ${expression}, ${text});`;
  const folded = JSON.stringify(text.replace(/\s+/g, " "));
  return `${setUp}exampleEquals(testContext, String(${expression}).replace(/\\s+/g, " "), ${folded});`;
}

/** Every annotated statement of a block with its annotation, those inside of `if` and loops included. */
function annotatedStatements(code, source) {
  const found = [];
  const visit = (node) => {
    const note = ts.isStatement(node) && !ts.isBlock(node) && annotation(code, node);
    if (note) found.push([node, note]);
    else ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** A module whose `run` executes one block. */
function moduleOf(code) {
  const source = ts.createSourceFile("example.ts", code, ts.ScriptTarget.ES2022, true);
  const annotated = annotatedStatements(code, source);
  if (annotated.length < (code.match(/\/\/ (=>|throws) /g) ?? []).length)
    throw new SyntaxError("an annotation must stand behind a statement, on its line");
  let body = code;
  for (const [statement, note] of annotated.toReversed())
    body =
      body.slice(0, statement.getStart(source)) +
      assertion(source, statement, note) +
      body.slice(statement.end);
  const imports = source.statements.filter(ts.isImportDeclaration);
  // Import declarations stand at the top of a file, so their lengths in the body are unchanged.
  for (const { pos, end } of imports.toReversed()) body = body.slice(0, pos) + body.slice(end);
  return [
    'import type { ExecutionContext } from "ava";',
    'import { exampleEquals, exampleThrows } from "@flaxen/testing";',
    ...imports.map((statement) => statement.getText(source)),
    "void [exampleEquals, exampleThrows];",
    "export async function run(testContext: ExecutionContext): Promise<void> {",
    body,
    annotated.length === 0 ? "testContext.pass();" : "",
    "}",
    "",
  ].join("\n");
}

/** The blocks that a package answers for; the docs package also answers for the root README and the guides. */
function blocksOf(folder) {
  const blocks = (paths, extract) =>
    paths.flatMap((path) =>
      extract(readFileSync(join(root, path), "utf8")).map((block) => ({ ...block, path })),
    );
  if (folder === "docs") return blocks(["README.md", ...listFiles("docs", ".md")], fences);
  return [
    ...blocks(listFiles(`${folder}/src`, ".ts"), commentFences),
    ...blocks(listFiles(folder, ".md"), fences),
  ];
}

/** Writes all examples as modules and test files, compiles them, and returns whether that succeeded. */
export function buildExamples() {
  const tests = [];
  for (const folder of folders) {
    const target = join(root, folder, "build/examples");
    rmSync(target, { recursive: true, force: true });
    const blocks = blocksOf(folder);
    if (blocks.length === 0) continue;
    mkdirSync(target, { recursive: true });
    const lines = ['import test from "ava";'];
    blocks.forEach(({ code, line, path }, i) => {
      const name = `example-${i}`;
      try {
        writeFileSync(join(target, `${name}.ts`), moduleOf(code));
      } catch (error) {
        throw new SyntaxError(`${path}:${line}: ${error.message}`, { cause: error });
      }
      lines.push(`import { run as run${i} } from "./${name}.ts"; // ${path}:${line}`);
      lines.push(`test(${JSON.stringify(`${path}:${line} example`)}, run${i});`);
    });
    writeFileSync(join(target, `${basename(folder)}-examples.test.ts`), `${lines.join("\n")}\n`);
    tests.push(join(target, `${basename(folder)}-examples.test.ts`));
  }
  return compile(tests);
}

function compile(files) {
  const { config } = ts.readConfigFile(join(root, "tsconfig.json"), ts.sys.readFile);
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, root);
  // Emitted beside their sources, so that each example resolves imports as its package does.
  const program = ts.createProgram(files, {
    ...options,
    types: ["node"],
    composite: false,
    declaration: false,
    declarationMap: false,
    isolatedDeclarations: false,
    noUnusedLocals: false,
  });
  const diagnostics = [...ts.getPreEmitDiagnostics(program), ...program.emit().diagnostics];
  for (const { file, start, messageText } of diagnostics) {
    const line = file ? file.getLineAndCharacterOfPosition(start ?? 0).line : 0;
    const source = file ? `${relative(root, file.fileName)}:${line + 1}` : "";
    console.error(`${source}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`);
    if (file) console.error(`    ${file.text.split("\n")[line]}`);
  }
  return diagnostics.length === 0;
}
