import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App } from "cdktf";
import { environmentNames, loadEnvironment } from "../environments/load.ts";
import manifest from "../package.json" with { type: "json" };
import { synthesizeEnvironment } from "./environment-stacks.ts";
import { currentApi, currentStacks } from "./upgrade/current.ts";
import type { RecordedStack, SynthesizedParts } from "./upgrade/recorded-resources.ts";

/**
 * `node stacks/record-release.ts`: records in `stacks/released/` what the next release must not break, once a version is
 * released. Waivers are removed, for they apply to one release. Needs what `npm run build` makes.
 */
const root = join(import.meta.dirname, "..");
const released = join(import.meta.dirname, "released");
const assets = {
  site: join(root, "dist/site"),
  console: join(root, "dist/console"),
  lambdas: join(root, "dist/lambdas"),
  gateway: join(root, "dist/gateway"),
};

function write(name: string, content: object): void {
  writeFileSync(join(released, `${name}.json`), `${JSON.stringify(content, null, 2)}\n`);
}

const stacks: Record<string, RecordedStack> = {};
for (const name of environmentNames()) {
  const outdir = mkdtempSync(join(tmpdir(), "sluice-release-"));
  try {
    const environment = await loadEnvironment(name);
    const app = new App({ outdir, stackTraces: false });
    synthesizeEnvironment(app, environment, assets);
    app.synth();
    const synthesized = readdirSync(join(outdir, "stacks")).map((stack): [string, SynthesizedParts] => {
      const parts: SynthesizedParts = JSON.parse(readFileSync(join(outdir, "stacks", stack, "cdk.tf.json"), "utf8"));
      return [stack, parts];
    });
    Object.assign(stacks, currentStacks(environment, Object.fromEntries(synthesized)));
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}
const release = { version: manifest.version, date: new Date().toISOString().slice(0, 10) };
write("resources", { ...release, stacks });
write("api", { ...release, ...currentApi() });
write("waivers", []);
console.log(`recorded ${release.version}: ${Object.keys(stacks).length} stacks and the API in stacks/released/`);
