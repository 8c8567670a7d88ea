import { basename, resolve } from "node:path";
import { Command } from "commander";
import type { CatalogModel, ModelEntry } from "../../catalog/models/catalog-model.ts";
import { parameterCount } from "../../catalog/models/parameter-count.ts";
import { weightsGiB } from "../../catalog/models/weight-format.ts";
import { MODEL_IDS } from "../../catalog/models.ts";
import { tasksOfArchitecture, VLLM_ARCHITECTURES } from "../../contracts/engine/vllm-architectures.ts";
import { VLLM_OPTIONS } from "../../contracts/engine/vllm-options.ts";
import { UserError } from "../terminal/user-error.ts";
import { appendEntry } from "./added-file.ts";
import { readFolderModel } from "./folder-model.ts";
import { type ModelSource, readHubModel } from "./hub-client.ts";
import { type ReadConfig, readHubConfig } from "./hub-config.ts";

export interface AddTools {
  print(text: string): void;
  variable(name: string): string | undefined;
  /** Path of `catalog/models/added.ts`. */
  readonly addedFile: string;
}

interface AddOptions {
  readonly revision: string;
  readonly hub: string;
  readonly name?: string;
  readonly toolCallParser?: string;
  readonly reasoningParser?: string;
  readonly acceptLicence?: true;
  readonly licence?: string;
}

/** Licences that allow commercial use without conditions that depend on the user. */
const FREE_LICENCES = new Set(["mit", "apache-2.0", "bsd-3-clause", "cc-by-4.0"]);
/** Largest share by which the weights' bytes may differ from the computed size: draft heads and scales. */
const TOLERANCE = 0.05;
const GIB = 1024 ** 3;

/** `sluice models add org/name`: writes a model of the hub, or of a folder, into the catalogue. */
export function addCommand(tools: AddTools): Command {
  return new Command("add")
    .description("add a model of the hub, or of a folder, to the catalogue, from its config.json and safetensors")
    .argument("<id>", "the repository, e.g. Qwen/Qwen3-8B, or a folder of your own weights, e.g. ./support-bot")
    .option("--revision <commit>", "commit, tag or branch; the commit is what is written", "main")
    .option("--name <name>", "name in the catalogue; default: the repository's, in small letters")
    .option(
      "--tool-call-parser <name>",
      "vLLM's parser of its tool calls; default: none, requests with tools are refused",
    )
    .option("--reasoning-parser <name>", "vLLM's parser of its thinking; default: none")
    .option("--licence <name>", "licence of the weights in a folder; default: that of the model card in it (README.md)")
    .option("--accept-licence", "the licence has conditions, and they have been read")
    .option("--hub <url>", "base URL of the hub", "https://huggingface.co")
    .action((id: string, options: AddOptions) => add(id, options, tools));
}

async function add(id: string, options: AddOptions, tools: AddTools): Promise<void> {
  const isFolder = /^(\.{0,2}\/|\.{1,2}$)/.test(id);
  if (!isFolder && !/^[\w.-]+\/[\w.-]+$/.test(id))
    throw new UserError(`"${id}" is not a repository; write owner/name, or a folder as ./name.`);
  const name = options.name ?? basename(isFolder ? resolve(id) : id).toLowerCase();
  if (!/^[a-z0-9][a-z0-9.-]*$/.test(name)) throw new UserError(`"${name}" must be of a-z, 0-9, . and -; set --name.`);
  if (MODEL_IDS.some((known) => known === name))
    throw new UserError(`The catalogue has a model "${name}"; choose another with --name.`);
  checkParser("--tool-call-parser", options.toolCallParser, VLLM_OPTIONS.toolCallParsers);
  checkParser("--reasoning-parser", options.reasoningParser, VLLM_OPTIONS.reasoningParsers);
  const model = isFolder ? await ownModel(id, options) : await hubModel(id, options, tools);
  const read = readHubConfig(model.config);
  const entry = entryOf({ id: isFolder ? name : id, model, read, task: taskOf(model, read), options });
  await appendEntry(tools.addedFile, name, entry);
  const size = weightsGiB(parameterCount(entry.config), read.format);
  const version = model.commit === undefined ? "weights of your own" : `commit ${model.commit}`;
  const next = isFolder
    ? `Upload the weights: sluice models push ${id} s3://BUCKET/${name}/VERSION --key private.pem`
    : `Instance types for it: sluice models fit ${name}`;
  tools.print(
    `${name} is in ${tools.addedFile}: ${entry.published} billion parameters, ${size} GiB in ${read.format}, ${version}, ` +
      `${model.licence}. ${next}`,
  );
}

async function hubModel(id: string, options: AddOptions, tools: AddTools): Promise<ModelSource> {
  const token = tools.variable("HF_TOKEN");
  const model = await readHubModel(id, options.revision, {
    url: options.hub.replace(/\/$/, ""),
    ...(token === undefined ? {} : { token }),
  });
  checkLicence(id, model, options);
  return model;
}

/** A folder whose licence the operator names, or the card in it. */
async function ownModel(folder: string, options: AddOptions): Promise<ModelSource> {
  const model = await readFolderModel(resolve(folder));
  if (options.licence !== undefined) return { ...model, licence: options.licence };
  if (model.licence === undefined)
    throw new UserError(`${folder} has no README.md that names a licence; name it: --licence NAME.`);
  checkLicence(folder, model, options);
  return model;
}

function checkParser(option: string, name: string | undefined, known: readonly string[]): void {
  if (name === undefined || known.includes(name)) return;
  throw new UserError(`${option} ${name} is not in vLLM ${VLLM_OPTIONS.version}, which has ${known.join(", ")}.`);
}

function checkLicence(id: string, { licence }: ModelSource, { acceptLicence }: AddOptions): void {
  if ((licence !== undefined && FREE_LICENCES.has(licence.toLowerCase())) || acceptLicence === true) return;
  throw new UserError(
    licence === undefined
      ? `The card of ${id} names no licence; find out whether you may use it, then add --accept-licence.`
      : `The licence of ${id} is ${licence}, which has conditions; read it, then add --accept-licence.`,
  );
}

/** The task that vLLM has the architecture for; the card's pipeline decides between several. */
function taskOf({ pipeline }: ModelSource, { config: { architecture } }: ReadConfig): CatalogModel["task"] {
  const tasks = tasksOfArchitecture(architecture);
  if (tasks.length === 0)
    throw new UserError(
      `vLLM ${VLLM_ARCHITECTURES.version} has no architecture ${architecture}, which config.json names; the engine can't serve it.`,
    );
  if (pipeline === "text-ranking" || (tasks.includes("classify") && tasks.length === 1)) return "rerank";
  if (pipeline === "feature-extraction" || pipeline === "sentence-similarity") return "embed";
  return tasks.includes("generate") || tasks.includes("multimodal") ? "generate" : "embed";
}

interface EntryInput {
  /** Repository, or the name of weights of a folder. */
  readonly id: string;
  readonly model: ModelSource;
  readonly read: ReadConfig;
  readonly task: CatalogModel["task"];
  readonly options: AddOptions;
}

/** The entry, whose computed size must be that of the weights on the hub. */
function entryOf({ id, model, read, task, options }: EntryInput): ModelEntry {
  const { format, contextTokens } = read;
  const text = parameterCount(read.config);
  const visionParameters = read.hasVision
    ? Math.max(1, Math.round((model.weightBytes - weightsGiB(text, format) * GIB) / 2))
    : undefined;
  const config = visionParameters === undefined ? read.config : { ...read.config, visionParameters };
  const count = parameterCount(config);
  const computed = weightsGiB(count, format) * GIB;
  const off = model.weightBytes / computed - 1;
  if (Math.abs(off) > TOLERANCE || count.vision > 0.2 * count.total)
    throw new UserError(
      `The weights of ${id} have ${(model.weightBytes / GIB).toFixed(1)} GiB, and ${(weightsGiB(text, format)).toFixed(1)} GiB follow ` +
        "from its config.json: it has parts that this command does not know; write the entry by hand (docs/how-to/add-a-model.md).",
    );
  return {
    name: id.split("/")[1] ?? id,
    id,
    ...(model.commit === undefined ? { hub: "none" as const } : { revision: model.commit }),
    config,
    contextTokens,
    published: Number((count.total / 1e9).toPrecision(4)),
    licence: model.licence ?? "none named",
    ...(task === "generate" ? {} : { task }),
    ...(format === "bf16" ? {} : { format }),
    ...(options.toolCallParser === undefined ? {} : { toolCallParser: options.toolCallParser }),
    ...(options.reasoningParser === undefined ? {} : { reasoningParser: options.reasoningParser }),
    minimumVllm: VLLM_ARCHITECTURES.version,
  };
}
