import { createHash } from "node:crypto";
import { existsSync, readdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import test from "ava";
import { setWasmEnabled } from "flaxen";
import { chromium } from "playwright-core";
import type { Browser } from "playwright-core";
import { results } from "./results.ts";
import type { Results } from "./results.ts";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const CHROMIUM = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(
  (path) => existsSync(path),
);

// Without a browser these tests are skipped and counted as skipped.
const browserTest = CHROMIUM === undefined ? test.skip : test.serial;

const IMPORT_MAP = JSON.stringify({
  imports: Object.fromEntries(
    readdirSync(join(ROOT, "packages")).map((folder) => [
      folder === "flaxen" ? folder : `@flaxen/${folder}`,
      `/packages/${folder}/dist/index.js`,
    ]),
  ),
});
const IMPORT_MAP_HASH = createHash("sha256").update(IMPORT_MAP).digest("base64");
const PAGE = `<!doctype html>
<script type="importmap">${IMPORT_MAP}</script>
<script type="module" src="/main.js"></script>
<body></body>`;
const MAIN = `
import { results, wasmAllowed } from "/docs/build/test/results.js";
document.body.textContent = JSON.stringify({ wasm: wasmAllowed(), ...results() });
`;
/** Only the site's own files may run: neither eval nor WebAssembly. */
const STRICT = `script-src 'self' 'sha256-${IMPORT_MAP_HASH}'`;
const SERVED = /^\/(packages\/[a-z-]+\/dist|docs\/build\/test)\/[\w./-]+\.js$/;

let browser: Browser;
let server: Server;

test.before(async () => {
  if (CHROMIUM === undefined) return;
  server = createServer((request, response) => {
    const path = new URL(request.url ?? "/", "http://localhost").pathname;
    const script = { "content-type": "text/javascript" };
    if (path === "/open" || path === "/strict") {
      const policy = path === "/strict" ? { "content-security-policy": STRICT } : {};
      response.writeHead(200, { "content-type": "text/html", ...policy }).end(PAGE);
    } else if (path === "/main.js") {
      response.writeHead(200, script).end(MAIN);
    } else if (SERVED.test(path)) {
      readFile(join(ROOT, path)).then(
        (content) => response.writeHead(200, script).end(content),
        () => response.writeHead(404).end(),
      );
    } else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const args = [
    "--no-sandbox",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-sync",
  ];
  browser = await chromium.launch({ executablePath: CHROMIUM, args });
});

test.after.always(async () => {
  await browser?.close();
  server?.close();
});

async function resultsOf(path: string): Promise<Results & { wasm: boolean }> {
  const page = await browser.newPage();
  const failed = new Promise<never>((_, reject) => page.on("pageerror", reject));
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/${path}`);
  const body = page.locator("body:not(:empty)");
  const text = await Promise.race([body.innerText({ timeout: 60_000 }), failed]);
  await page.close();
  return JSON.parse(text) as Results & { wasm: boolean };
}

test("training without WebAssembly gives the same bits in Node", (t) => {
  const expected = results();
  setWasmEnabled(false);
  t.deepEqual(results(), expected);
  setWasmEnabled(true);
});

browserTest("training on an ordinary page gives the bits of Node", async (t) => {
  t.deepEqual(await resultsOf("open"), { wasm: true, ...results() });
});

browserTest("training under a strict Content Security Policy gives the bits of Node", async (t) => {
  t.deepEqual(await resultsOf("strict"), { wasm: false, ...results() });
});
