#!/usr/bin/env node
// Runs the command line on the Node.js that comes with Vezne, whatever started this file.
import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const node = createRequire(import.meta.url).resolve("node/bin/node");
const cli = join(root, "src", "main", "cli.ts");
const child = spawn(node, [cli, ...process.argv.slice(2)], { stdio: "inherit" });
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
child.on("exit", (code, signal) => {
  process.exitCode = code ?? (signal ? 1 : 0);
});
