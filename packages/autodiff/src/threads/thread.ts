// The script of the threads that `setThreads` starts; it is loaded by them and by nobody else.
import { adoptScratch } from "@flaxen/wasm";
import { makeRanges } from "./make-ranges.ts";
import { messagePort } from "./messages.ts";
import { work } from "./work.ts";

const port = await messagePort();
port.receive(({ memory, from, to, block }) => {
  adoptScratch(memory, from, to);
  port.send("ready");
  work(block, makeRanges);
  port.close();
});
port.send("loaded");
