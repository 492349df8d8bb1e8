import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
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

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const CHROMIUM = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(
  (path) => existsSync(path),
);

// Without a browser these tests are skipped and counted as skipped.
const browserTest = CHROMIUM === undefined ? test.skip : test.serial;

/** Every entry point of every package, e.g. `@flaxen/rng/tracing`. */
const MODULES: Readonly<Record<string, string>> = Object.fromEntries(
  readdirSync(join(ROOT, "packages")).flatMap((folder) => {
    const { name, exports = {} } = readJson(`packages/${folder}/package.json`) as {
      readonly name: string;
      readonly exports?: Readonly<Record<string, string | { readonly default: string }>>;
    };
    return Object.entries(exports).flatMap(([path, target]) =>
      typeof target === "string"
        ? []
        : [[name + path.slice(1), `/packages/${folder}/${target.default.slice(2)}`]],
    );
  }),
);
const IMPORT_MAP = JSON.stringify({ imports: MODULES });
const IMPORT_MAP_HASH = createHash("sha256").update(IMPORT_MAP).digest("base64");
const PAGE = `<!doctype html>
<script type="importmap">${IMPORT_MAP}</script>
<script type="module" src="/main.js"></script>
<body></body>`;
const MAIN = `
import { results, wasmAllowed } from "/docs/build/test/results.js";
import { digests } from "/packages/conformance/build/test/digests.js";
const [eager, jit] = [digests("eager"), digests("jit")];
document.body.textContent = JSON.stringify({ wasm: wasmAllowed(), ...results(), eager, jit });
`;
/** Import maps do not reach workers, so these scripts come with paths in place of names, as from a bundler. */
const THREADS_PAGE = `<!doctype html>
<script type="module" src="/resolved/threads.js"></script>
<body></body>`;
const THREADS = `
import { convGeneralDilated, jit, matmul, setThreads, threads } from "@flaxen/autodiff";
import { key, normal } from "@flaxen/rng";
const [a, b] = [normal(key(1), [301, 203]), normal(key(2), [203, 259])];
const [x, k] = [normal(key(3), [19, 14, 15, 16]), normal(key(4), [3, 3, 16, 40])];
const f = (a, b, x, k) => [matmul(a, b), convGeneralDilated(x, k, { padding: "SAME" })];
const compiled = jit(f);
const bits = () => [...f(a, b, x, k), ...compiled(a, b, x, k)].map(({ data }) => [...data].join()).join(" ");
const alone = bits();
const counts = [];
let rejection = null;
try {
  for (const n of [2, 3]) {
    await setThreads(n);
    counts.push(threads(), bits() === alone);
  }
  await setThreads(1);
} catch (error) {
  rejection = String(error);
}
counts.push(threads(), bits() === alone);
document.body.textContent = JSON.stringify({ isolated: crossOriginIsolated, rejection, counts });
`;
/** Only the site's own files may run: neither eval nor WebAssembly. */
const STRICT = `script-src 'self' 'sha256-${IMPORT_MAP_HASH}'`;
const SERVED = /^\/(packages\/[a-z-]+\/(dist|build\/test)|docs\/build\/test)\/[\w./-]+\.js$/;
const ISOLATED = {
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
};

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(join(ROOT, path), "utf8"));
}

/** Replaces the names of packages in imports by their paths. */
function resolveNames(script: string): string {
  return script.replace(/(from|import) "([^"./][^"]*)"/g, (_, word: string, name: string) => {
    return `${word} "/resolved${MODULES[name]}"`;
  });
}

let browser: Browser;
let server: Server;

test.before(async () => {
  if (CHROMIUM === undefined) return;
  server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://localhost");
    const isResolved = pathname.startsWith("/resolved/");
    const path = isResolved ? pathname.slice("/resolved".length) : pathname;
    const html = { "content-type": "text/html" };
    // Workers of an isolated page must be isolated too.
    const script = { "content-type": "text/javascript", ...ISOLATED };
    const finish = (text: string): void => {
      response.writeHead(200, script).end(isResolved ? resolveNames(text) : text);
    };
    if (path === "/open") response.writeHead(200, html).end(PAGE);
    else if (path === "/strict") {
      response.writeHead(200, { ...html, "content-security-policy": STRICT }).end(PAGE);
    } else if (path === "/isolated")
      response.writeHead(200, { ...html, ...ISOLATED }).end(THREADS_PAGE);
    else if (path === "/mapped") {
      response.writeHead(200, { ...html, ...ISOLATED }).end(PAGE.replace("main.js", "threads.js"));
    } else if (path === "/shared") response.writeHead(200, html).end(THREADS_PAGE);
    else if (path === "/main.js") finish(MAIN);
    else if (path === "/threads.js") finish(THREADS);
    else if (SERVED.test(path)) {
      readFile(join(ROOT, path), "utf8").then(finish, () => response.writeHead(404).end());
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

/** What a page writes into its body, as JSON. */
async function resultsOf(path: string): Promise<unknown> {
  const page = await browser.newPage();
  const failed = new Promise<never>((_, reject) => page.on("pageerror", reject));
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/${path}`);
  const body = page.locator("body:not(:empty)");
  const text = await Promise.race([body.textContent({ timeout: 60_000 }), failed]);
  await page.close();
  return JSON.parse(text ?? "null");
}

/** What the pages `open` and `strict` must write: the bits of Node, and those that are committed. */
function expected(wasm: boolean): object {
  const digests = readJson("packages/conformance/answers/digests.json");
  return { wasm, ...results(), eager: digests, jit: digests };
}

test("training without WebAssembly gives the same bits in Node", (t) => {
  const expected = results();
  setWasmEnabled(false);
  t.deepEqual(results(), expected);
  setWasmEnabled(true);
});

browserTest("an ordinary page gives the bits of Node, eager and by jit", async (t) => {
  t.deepEqual(await resultsOf("open"), expected(true));
});

browserTest(
  "a strict Content Security Policy gives the bits of Node, eager and by jit",
  async (t) => {
    t.deepEqual(await resultsOf("strict"), expected(false));
  },
);

browserTest(
  "setThreads(n) on a cross-origin isolated page gives the bits of one thread",
  async (t) => {
    t.deepEqual(await resultsOf("isolated"), {
      isolated: true,
      rejection: null,
      counts: [2, true, 3, true, 1, true],
    });
  },
);

browserTest("setThreads(n) on any other page is rejected, and one thread remains", async (t) => {
  t.deepEqual(await resultsOf("shared"), {
    isolated: false,
    rejection:
      "Error: setThreads: memory must be shareable, got none that is. Pages must be cross-origin isolated.",
    counts: [1, true],
  });
});

browserTest("setThreads(n) is rejected where a worker cannot load its script", async (t) => {
  const found = (await resultsOf("mapped")) as { readonly rejection: string };
  t.regex(found.rejection, /^Error: setThreads: threads must be able to start, got ".+"\.$/);
  t.deepEqual(found, { isolated: true, rejection: found.rejection, counts: [1, true] });
});
