import { enableCompileCache } from "node:module";
import { compiledFolder } from "./compiled.ts";

/** The command line. All that it needs is loaded after this, compiled as it was the last time. */
enableCompileCache(compiledFolder);
await import("./commands.ts");
