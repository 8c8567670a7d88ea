import { S3Client } from "@aws-sdk/client-s3";
import { Command } from "commander";
import { ownScript } from "../../lib/installation.ts";
import { UserError } from "../terminal/user-error.ts";
import { folderStore } from "./folder-store.ts";
import { s3Location, s3Store } from "./s3-store.ts";
import { runVerification, type VerifyOptions } from "./verification.ts";

export interface AuditTools {
  print(text: string): void;
  /** Prints to standard error. */
  show(text: string): void;
  /** Sets the exit code of the process. */
  finish(code: number): void;
  /** Ends the process at once. */
  exit(code: number): never;
  now(): number;
}

/** `sluice audit verify|verifier`. */
export function auditCommand(tools: AuditTools): Command {
  const audit = new Command("audit").description("the audit trail: whether it is as it was written");
  audit
    .command("verify")
    .description("find changed, deleted, inserted and reordered events, and a cut tail")
    .argument("<path>", "folder with the chains of organisations, or s3://bucket/prefix")
    .requiredOption("--public-key <file...>", "public keys that heads may be signed with, PEM")
    .option("--chain <id...>", "organisations that must be there")
    .option("--until <time>", "when the files were copied, ISO 8601 (default: now)")
    .option("--json", "print one JSON object")
    .exitOverride(({ exitCode }) => tools.exit(exitCode === 0 ? 0 : 2))
    .action((path: string, options: Omit<VerifyOptions, "path">) => verify({ ...options, path }, tools));
  audit
    .command("verifier")
    .description("write a program that verifies copies of the audit trail with Node alone")
    .requiredOption("--output <file>", "file for the program, such as audit-verifier.mjs")
    .action(({ output }: { readonly output: string }) => writeVerifier(output, tools));
  return audit;
}

async function verify(options: VerifyOptions, tools: AuditTools): Promise<void> {
  const location = s3Location(options.path);
  const code = await runVerification(options, {
    print: tools.print,
    fail: (text) => tools.show(`sluice: ${text}\n`),
    now: tools.now,
    open: async (path) => (location ? s3Store(s3Client(), location) : folderStore(path)),
  });
  tools.finish(code);
}

/** Credentials and region are those of the shell; a server other than AWS has no host name for each bucket. */
function s3Client(): S3Client {
  return new S3Client({ followRegionRedirects: true, forcePathStyle: Boolean(process.env.AWS_ENDPOINT_URL) });
}

async function writeVerifier(output: string, tools: AuditTools): Promise<void> {
  if (!output.endsWith(".mjs"))
    throw new UserError(`--output must end with .mjs, so that Node reads the file as a module; got ${output}.`);
  const { build } = await import("esbuild"); // takes longer to load than the other commands to run
  await build({
    entryPoints: [ownScript("cli/audit/standalone-verifier.ts")],
    outfile: output,
    bundle: true,
    platform: "node",
    target: "node22",
    format: "esm",
    legalComments: "none",
    logLevel: "warning",
  });
  tools.print(`${output}: run it with \`node ${output} <folder> --public-key <file>\`.`);
}
