import { assetsFolder, buildAssets, loadAssets } from "./assets.ts";

/** `npm run build`: makes the scripts of payers' browsers, and says what they weigh. */
await buildAssets(assetsFolder);
for (const [at, { body, brotli }] of await loadAssets(assetsFolder)) {
  process.stdout.write(`${at}  ${body.length} bytes, ${brotli.length} compressed\n`);
}
