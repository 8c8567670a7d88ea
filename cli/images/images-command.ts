import { Command } from "commander";
import { IMAGE_KINDS, type ImageKind, parameterOfImage } from "../../contracts/processes/names.ts";
import type { Environment } from "../../settings/environment.ts";
import { type AwsAccess, accessTo } from "../operator/aws-access.ts";
import { awsFailure } from "../operator/aws-failure.ts";
import { consent } from "../operator/consent.ts";
import type { OperatorTools } from "../operator/operator-tools.ts";
import { textTable } from "../terminal/text-table.ts";
import { UserError } from "../terminal/user-error.ts";
import type { ImageStore } from "./image-store.ts";

export interface ImagesTools extends Pick<OperatorTools, "print" | "prompt" | "isInteractive" | "environment"> {
  /** Names of all environments. */
  environmentNames(): readonly string[];
  /** The parameters of a region. */
  store(access: AwsAccess): ImageStore;
}

interface SetOptions {
  readonly environment: string;
  readonly engine?: string;
  readonly gateway?: string;
}

interface PromoteOptions {
  readonly from: string;
  readonly to: string;
  readonly yes?: true;
}

/** `sluice images list|set|promote`. */
export function imagesCommand(tools: ImagesTools): Command {
  const images = new Command("images").description("machine images: what each environment launches, and changing it");
  images
    .command("list")
    .description("print the image that each environment launches for its gateways and engines")
    .option("--environment <name>", "one environment (default: all)")
    .action(({ environment }: { readonly environment?: string }) => list(environment, tools));
  images
    .command("set")
    .description("write an environment's image parameters; instances that run keep theirs")
    .requiredOption("--environment <name>", "the environment")
    .option("--engine <ami>", "id of the engines' image, ami-…")
    .option("--gateway <ami>", "id of the gateways' image, ami-…")
    .action((options: SetOptions) => set(options, tools));
  images
    .command("promote")
    .description("give an environment the images of another one, where they were tried")
    .requiredOption("--from <name>", "the environment that has the images")
    .requiredOption("--to <name>", "the environment that gets them")
    .option("--yes", "without a prompt")
    .action((options: PromoteOptions) => promote(options, tools));
  return images;
}

/** An image setting of an environment. */
interface ImageUse {
  readonly kind: ImageKind;
  /** As the file has it: `ami-…` or `resolve:ssm:/parameter`. */
  readonly image: string;
  /** The parameter that it names. @default - it is an image id */
  readonly parameter?: string;
}

/** The different images of an environment. */
function imagesOf({ gateways, pools }: Environment): readonly ImageUse[] {
  const engines = [...new Set(Object.values(pools).map(({ image }) => image))];
  const uses = [{ kind: "gateway" as const, image: gateways.image }];
  return [...uses, ...engines.map((image) => ({ kind: "engine" as const, image }))].map((use) => {
    const parameter = parameterOfImage(use.image);
    return { ...use, ...(parameter === undefined ? {} : { parameter }) };
  });
}

async function list(only: string | undefined, tools: ImagesTools): Promise<void> {
  const rows: string[][] = [];
  for (const name of only === undefined ? tools.environmentNames() : [only]) {
    const environment = await tools.environment(name);
    const store = tools.store(accessTo(environment));
    for (const { kind, image, parameter } of imagesOf(environment)) {
      const stored = parameter === undefined ? undefined : await withAws(() => store.read(parameter));
      const ami = parameter === undefined ? image : (stored?.ami ?? "none");
      const origin = parameter === undefined ? "the file" : `${parameter}${versionOf(stored)}`;
      rows.push([environment.name, environment.region, kind, ami, origin]);
    }
  }
  tools.print(textTable([["ENVIRONMENT", "REGION", "IMAGE OF", "ID", "FROM"], ...rows]));
}

function versionOf(stored: Awaited<ReturnType<ImageStore["read"]>>): string {
  if (stored === undefined) return " (does not exist: `sluice images set` writes it)";
  const date = stored.changedAt === undefined ? "" : ` of ${stored.changedAt.toISOString().slice(0, 10)}`;
  return `, version ${stored.version}${date}`;
}

async function set(options: SetOptions, tools: ImagesTools): Promise<void> {
  const environment = await tools.environment(options.environment);
  const wanted = IMAGE_KINDS.flatMap((kind) => (options[kind] === undefined ? [] : [{ kind, ami: options[kind] }]));
  if (wanted.length === 0) throw new UserError("Nothing to set: add --engine ami-…, --gateway ami-… or both.");
  for (const { kind, ami } of wanted)
    if (!/^ami-[0-9a-f]{8,17}$/.test(ami))
      throw new UserError(`--${kind} must be an image's id (ami-…), got "${ami}". Nothing was written.`);
  const writes = wanted.flatMap(({ kind, ami }) =>
    parametersOf(environment, kind).map((parameter) => ({ parameter, ami })),
  );
  for (const { parameter, ami } of writes) {
    await withAws(() => tools.store(accessTo(environment)).write(parameter, ami));
    tools.print(`${parameter} is ${ami}: instances that are launched from now on have it.`);
  }
}

/** @throws {UserError} where the file fixes the image */
function parametersOf(environment: Environment, kind: ImageKind): readonly string[] {
  const uses = imagesOf(environment).filter((use) => use.kind === kind);
  const fixed = uses.find(({ parameter }) => parameter === undefined);
  if (fixed)
    throw new UserError(
      `${environment.name} fixes its ${kind} image in its file (${fixed.image}): change it there and deploy. Nothing was written.`,
    );
  return uses.flatMap(({ parameter }) => parameter ?? []);
}

async function promote({ from, to, yes }: PromoteOptions, tools: ImagesTools): Promise<void> {
  const [source, target] = [await tools.environment(from), await tools.environment(to)];
  if (source.region !== target.region)
    throw new UserError(
      `${from} is in ${source.region} and ${to} in ${target.region}, and an image belongs to a region: copy it ` +
        `(aws ec2 copy-image), then \`sluice images set --environment ${to}\`.`,
    );
  const [sourceStore, store] = [tools.store(accessTo(source)), tools.store(accessTo(target))];
  const writes: { readonly parameter: string; readonly ami: string }[] = [];
  for (const kind of IMAGE_KINDS) {
    const ami = await onlyImage(source, kind, sourceStore);
    for (const parameter of parametersOf(target, kind)) {
      const before = await withAws(() => store.read(parameter));
      if (before?.ami === ami) continue;
      tools.print(`${parameter}: ${before?.ami ?? "none"} → ${ami}`);
      writes.push({ parameter, ami });
    }
  }
  if (writes.length === 0) return tools.print(`${to} has the images of ${from} already.`);
  if (!yes) {
    if (!tools.isInteractive) throw new UserError("There is no terminal to prompt on: add --yes. Nothing was written.");
    await consent(`Give ${to} these images?`, tools);
  }
  for (const { parameter, ami } of writes) await withAws(() => store.write(parameter, ami));
  tools.print(
    `${to} launches them from now on; "Machine images and weights" in docs/operations.md replaces what runs.`,
  );
}

/** @throws {UserError} where there is none, or more than one */
async function onlyImage(environment: Environment, kind: ImageKind, store: ImageStore): Promise<string> {
  const found = new Set<string>();
  for (const { image, parameter } of imagesOf(environment).filter((use) => use.kind === kind)) {
    const ami = parameter === undefined ? image : (await withAws(() => store.read(parameter)))?.ami;
    if (ami === undefined)
      throw new UserError(
        `The parameter ${parameter} does not exist: ${environment.name} has no ${kind} image. Nothing was written.`,
      );
    found.add(ami);
  }
  const [ami, ...others] = found;
  if (ami !== undefined && others.length === 0) return ami;
  throw new UserError(
    `${environment.name} has ${found.size} ${kind} images (${[...found].join(", ")}): name one with \`sluice images set\`. Nothing was written.`,
  );
}

/** Explains errors of AWS that the operator can correct. */
async function withAws<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    const failure = awsFailure(error);
    if (failure) throw new UserError(`${failure.text}: ${failure.remedy}.`);
    if (error instanceof Error && error.name === "ValidationException")
      throw new UserError(`AWS refused the image: ${error.message}`);
    throw error;
  }
}
