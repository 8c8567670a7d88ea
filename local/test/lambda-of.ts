import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { strToU8, zipSync } from "fflate";
import { onTestFinished } from "vitest";
import { LambdaFunction, type LambdaOptions } from "../services/lambda/lambda-function.ts";
import { temporaryFolder } from "./tools.ts";

/** For tests: a function from this source, zipped as a bundle is. */
export function lambdaOf(
  source: string,
  options: Partial<LambdaOptions> = {},
  more: Record<string, Uint8Array> = {},
): LambdaFunction {
  const folder = temporaryFolder();
  const zip = join(folder, "bundle.zip");
  writeFileSync(zip, zipSync({ "index.js": strToU8(source), ...more }));
  const created = new LambdaFunction({
    name: "check",
    zip,
    handler: "index.handler",
    timeoutSeconds: 15,
    environment: {},
    workFolder: join(folder, "work"),
    ...options,
  });
  onTestFinished(() => created.stop());
  return created;
}
