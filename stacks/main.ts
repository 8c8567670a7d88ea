import { join } from "node:path";
import { environmentNames, loadEnvironment } from "../environments/load.ts";
import { OWN_FOLDER, repositoryFolder } from "../lib/installation.ts";
import { synthesizeAll } from "./synthesize.ts";

/**
 * Writes the OpenTofu of every environment, or of the one in SLUICE_ENVIRONMENT (its name, or the path of its file), to
 * cdktf.out (CDKTF_OUTDIR).
 * `cdktf synth` runs it too; cdktf's App reads the CLI's context (CDKTF_CONTEXT_JSON) itself.
 */
const { SLUICE_ENVIRONMENT: only, CDKTF_OUTDIR: outdir = join(repositoryFolder(), "cdktf.out") } = process.env;
const assets = {
  site: join(OWN_FOLDER, "dist/site"),
  console: join(OWN_FOLDER, "dist/console"),
  lambdas: join(OWN_FOLDER, "dist/lambdas"),
  gateway: join(OWN_FOLDER, "dist/gateway"),
};

try {
  const environments = await Promise.all((only ? [only] : environmentNames()).map(loadEnvironment));
  synthesizeAll(outdir, environments, assets);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
