import { join } from "node:path";
import { OWN_FOLDER } from "../lib/installation.ts";
import { buildAll } from "../local/setup/build-all.ts";
import { buildPackages } from "./build-package.ts";

/** `npm run release`: builds the packages into `dist/package/`; `npm pack` or `npm publish` in each of them is the rest. */
await buildAll(OWN_FOLDER, (line) => console.error(`sluice: ${line}`));
const { sluice, createSluice } = await buildPackages(OWN_FOLDER, join(OWN_FOLDER, "dist/package"));
console.log(`Built: ${sluice}, ${createSluice}. Next: npm pack (or npm publish) in each of them.`);
