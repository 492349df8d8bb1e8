import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { createServer } from "node:http";
import type { Server } from "node:http";
import { readFile } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import test from "ava";
import { chromium } from "playwright-core";
import type { Browser, Page } from "playwright-core";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const SITE = join(ROOT, "docs/api");
const CHROMIUM = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(
  (path) => existsSync(path),
);
const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
};

// Without a browser these tests are skipped and counted as skipped.
const browserTest = CHROMIUM === undefined ? test.skip : test.serial;

let browser: Browser;
let server: Server;

test.before(async () => {
  if (CHROMIUM === undefined) return;
  if (!existsSync(join(SITE, "index.html"))) {
    const script = join(ROOT, "packages/testing/scripts/docs.mjs");
    spawnSync(process.execPath, [script], { cwd: ROOT });
  }
  server = createServer((request, response) => {
    const path = new URL(request.url ?? "/", "http://localhost").pathname;
    const file = join(SITE, path === "/" ? "index.html" : decodeURIComponent(path));
    readFile(file).then(
      (content) =>
        response
          .writeHead(200, { "content-type": TYPES[extname(file)] ?? "text/plain" })
          .end(content),
      () => response.writeHead(404).end(),
    );
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

/** A page of the site, with what it complains about and what it asks of other hosts. */
async function open(path: string): Promise<{ page: Page; complaints: string[] }> {
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const page = await browser.newPage();
  const complaints: string[] = [];
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("request", (request) => {
    if (!request.url().startsWith(origin) && !request.url().startsWith("data:"))
      complaints.push(`request to ${request.url()}`);
  });
  await page.goto(`${origin}/${path}`);
  return { page, complaints };
}

browserTest("the site opens without complaints and asks nothing of other hosts", async (t) => {
  const { page, complaints } = await open("");
  t.is(await page.locator("h1").first().innerText(), "flaxen");
  t.deepEqual(complaints, []);
  await page.close();
});

browserTest("the site's search finds glorotUniform and leads to its formula", async (t) => {
  const { page, complaints } = await open("");
  await page.locator("#tsd-search-trigger").click();
  await page.locator("#tsd-search-input").fill("glorotUniform");
  const result = page.locator("#tsd-search-results a", { hasText: "glorotUniform" }).first();
  await result.click();
  await page.waitForURL(/glorotUniform/);
  const text = await page.locator("body").innerText();
  t.regex(text, /glorotUniform/);
  t.regex(text, /fanIn \+ fanOut/);
  t.deepEqual(complaints, []);
  await page.close();
});
