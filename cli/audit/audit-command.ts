import { existsSync, writeFileSync } from "node:fs";
import { Command } from "commander";
import type { ChainStore } from "../../domain/audit/chain-store.ts";
import { auditPublicKey } from "../../domain/audit/signed-head.ts";
import { ownScript } from "../../lib/installation.ts";
import { textOfFileIfAny } from "../terminal/named-file.ts";
import { UserError } from "../terminal/user-error.ts";
import { controlEvents } from "./control-events.ts";
import {
  type DeployedTrail,
  deployedTrail,
  signingKeyPem,
  type TrailAccess,
  trailClient,
  trailError,
} from "./deployed-trail.ts";
import { type ExportOptions, exportedLines } from "./export-trail.ts";
import { folderStore } from "./folder-store.ts";
import { s3Location, s3Store } from "./s3-store.ts";
import { publicKeyIn, runVerification, type Trail, type VerifyOptions } from "./verification.ts";

/** Which environment is meant. */
interface EnvironmentOptions {
  /** Its name or its file. @default - the one of the local stack */
  readonly environment?: string | undefined;
  /** The deployed one. @default false: the one of the local stack */
  readonly aws?: boolean | undefined;
}

export interface AuditTools {
  print(text: string): void;
  /** Prints to standard error. */
  show(text: string): void;
  /** Sets the exit code of the process. */
  finish(code: number): void;
  /** Ends the process at once. */
  exit(code: number): never;
  now(): number;
  /** @throws {UserError} where there is no such environment, or no local stack runs */
  access(options: EnvironmentOptions): Promise<TrailAccess>;
}

interface TrailOptions extends EnvironmentOptions {
  /** PEM files. */
  readonly publicKey?: readonly string[];
  /** Whether an environment's bucket is compared with its table. @default true */
  readonly table?: boolean;
}

/** `sluice audit verify|export|public-key|verifier`. */
export function auditCommand(tools: AuditTools): Command {
  const audit = new Command("audit").description("the audit trail: whether it is as it was written");
  audit
    .command("verify")
    .description("find changed, deleted, inserted and reordered events, and a cut tail")
    .argument(
      "[path]",
      "folder with the chains of organisations, or s3://bucket/prefix (default: an environment's bucket)",
    )
    .option("--public-key <file...>", "public keys that heads may be signed with, PEM; needed with a path")
    .option("--environment <name>", "verify the bucket of this environment; a name, or the path of its file")
    .option("--aws", "the deployed environment, with your AWS credentials")
    .option("--no-table", "of an environment: do not compare the bucket with the control API's table")
    .option("--chain <id...>", "organisations that must be there")
    .option("--until <time>", "when the files were copied: a date or a time with zone, in ISO 8601 (default: now)")
    .option("--json", "print one JSON object")
    .exitOverride(({ exitCode }) => tools.exit(exitCode === 0 ? 0 : 2))
    .action((path: string | undefined, options: VerifyOptions & TrailOptions) => verify(path, options, tools));
  audit
    .command("export")
    .description("print the events of the audit trail as JSON Lines, one entry a line, without verifying them")
    .argument("[path]", "as of verify")
    .option("--ocsf", "as records of the Open Cybersecurity Schema Framework, for a SIEM")
    .option("--environment <name>", "the bucket of this environment; a name, or the path of its file")
    .option("--aws", "the deployed environment, with your AWS credentials")
    .option("--chain <id...>", "organisations (default: all)")
    .action((path: string | undefined, options: ExportOptions & EnvironmentOptions) =>
      exportTrail(path, options, tools),
    );
  audit
    .command("public-key")
    .description("write the public key that an environment's audit trail is signed with, as PEM")
    .option("--environment <name>", "the environment, a name or the path of its file; required with --aws")
    .option("--aws", "the deployed environment, with your AWS credentials")
    .option("--output <file>", "file for the key (default: standard output)")
    .action((options: EnvironmentOptions & { readonly output?: string }) => writePublicKey(options, tools));
  audit
    .command("verifier")
    .description("write a program that verifies copies of the audit trail with Node alone")
    .requiredOption("--output <file>", "file for the program, such as audit-verifier.mjs")
    .action(({ output }: { readonly output: string }) => writeVerifier(output, tools));
  return audit;
}

async function verify(path: string | undefined, options: VerifyOptions & TrailOptions, tools: AuditTools) {
  const code = await runVerification(options, {
    print: tools.print,
    fail: (text) => tools.show(`sluice: ${text}\n`),
    now: tools.now,
    open: () => (path === undefined ? openEnvironment(options, tools) : openPath(path, options)),
  });
  tools.finish(code);
}

async function exportTrail(
  path: string | undefined,
  options: ExportOptions & EnvironmentOptions,
  tools: AuditTools,
): Promise<void> {
  const store = path === undefined ? await environmentStore(options, tools) : await pathStore(path, options);
  for await (const line of exportedLines(store, options)) tools.print(line);
}

async function environmentStore(options: EnvironmentOptions, tools: AuditTools): Promise<ChainStore> {
  const access = await tools.access(options);
  return bucketStore(access, await deployedTrail(access));
}

/** @throws {UserError} where there is no such folder */
async function pathStore(path: string, { environment, aws }: EnvironmentOptions): Promise<ChainStore> {
  if (environment !== undefined || aws)
    throw new UserError(
      `name a path or an environment, got both: ${path}, and --environment or --aws; omit one of them.`,
    );
  const location = s3Location(path);
  if (location) return s3Store(trailClient(), location);
  return await folderStore(path).catch((error: unknown) => {
    throw new UserError(`Can't read the folder ${path}: ${error instanceof Error ? error.message : error}.`);
  });
}

async function openPath(path: string, { publicKey = [], ...options }: TrailOptions): Promise<Trail> {
  const store = await pathStore(path, options);
  if (publicKey.length === 0)
    throw new Error(`${path} needs --public-key FILE; \`sluice audit public-key\` writes the key of an environment.`);
  return { name: path, keys: publicKey.map(publicKeyIn), store };
}

/** The bucket of an environment; without a key that is given, with the one that KMS has now. */
async function openEnvironment(
  { publicKey, table = true, ...options }: TrailOptions,
  tools: AuditTools,
): Promise<Trail> {
  const provided = publicKey?.map(publicKeyIn);
  const access = await tools.access(options);
  const trail = await deployedTrail(access);
  const keys = provided ?? [auditPublicKey(await signingKeyPem(access, trail))];
  const name = `s3://${trail.bucket}`;
  if (provided === undefined)
    tools.show(
      `sluice: verifying with the key that AWS has now, fingerprint ${keys[0]?.fingerprint}; compare it with one stored elsewhere, or give that with --public-key.\n`,
    );
  const store = bucketStore(access, trail);
  return { name, keys, ...(table ? { table: controlEvents(access) } : {}), store };
}

/** The bucket of an environment, whose errors name a remedy. */
function bucketStore(access: TrailAccess, { bucket }: DeployedTrail): ChainStore {
  const store = s3Store(trailClient(access), { bucket, prefix: "" });
  const explain = (error: unknown) => trailError(error, access, `read s3://${bucket}`);
  return {
    chains: () => store.chains().catch((error: unknown) => Promise.reject(explain(error))),
    files: (chain) => store.files(chain),
    read: async function* (chain, file) {
      try {
        yield* store.read(chain, file);
      } catch (error) {
        throw explain(error);
      }
    },
  };
}

async function writePublicKey(
  { output, ...options }: EnvironmentOptions & { readonly output?: string },
  tools: AuditTools,
): Promise<void> {
  const access = await tools.access(options);
  const trail = await deployedTrail(access);
  const pem = await signingKeyPem(access, trail);
  const facts = `public key of ${trail.signingKey}, fingerprint ${auditPublicKey(pem).fingerprint}`;
  if (output === undefined) {
    tools.print(pem.trimEnd());
    return tools.show(`sluice: ${facts}\n`);
  }
  // A stored key is what shows another one.
  if (existsSync(output) && textOfFileIfAny(output, pem.length) !== pem)
    throw new UserError(
      `${output} is there with other content, and was not changed; compare the two, or name another file.`,
    );
  writeFileSync(output, pem);
  tools.print(`${output}: ${facts}.`);
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
