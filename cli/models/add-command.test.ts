import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { copyFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, onTestFinished, test } from "vitest";
import type { CatalogModel } from "../../catalog/models/catalog-model.ts";
import { startFakeServer } from "../../test-support/fake-server.ts";
import { modelsCommand } from "./models-command.ts";

const COMMIT = "0123456789abcdef0123456789abcdef01234567";
const CATALOG = resolve(import.meta.dirname, "../../catalog");
const hubConfig = (name: string): Record<string, unknown> =>
  JSON.parse(readFileSync(join(import.meta.dirname, "test/configs", `${name}.json`), "utf8"));

interface HubRepository {
  readonly config: unknown;
  readonly licence?: string | undefined;
  /** Bytes of the weights; of several files, or of one. */
  readonly total: number;
  readonly isOneFile?: boolean;
  readonly token?: string;
}

/** The hub's API of one repository, on a socket. */
async function startHub(id: string, repository: HubRepository) {
  const server = await startFakeServer((request, response) => {
    const json = (value: unknown) => void response.end(JSON.stringify(value));
    const { url = "" } = request;
    if (repository.token && request.headers.authorization !== `Bearer ${repository.token}`)
      return void response.writeHead(401).end();
    if (url === `/api/models/${id}/revision/main`)
      return json({ sha: COMMIT, cardData: { license: repository.licence }, pipeline_tag: "text-generation" });
    if (url === `/${id}/resolve/${COMMIT}/config.json`) return json(repository.config);
    if (url === `/${id}/resolve/${COMMIT}/model.safetensors.index.json` && !repository.isOneFile)
      return json({ metadata: { total_size: repository.total }, weight_map: {} });
    if (url === `/${id}/resolve/${COMMIT}/model.safetensors` && repository.isOneFile)
      return void response.writeHead(200, { "content-length": String(repository.total) }).end();
    response.writeHead(404).end();
  });
  onTestFinished(() => server.stop());
  return server.origin;
}

async function add(id: string, repository: HubRepository, ...more: readonly string[]) {
  const hub = await startHub(id, repository);
  const folder = mkdtempSync(join(tmpdir(), "sluice-models-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "added.ts");
  await copyFile(join(CATALOG, "models/added.ts"), file);
  const printed: string[] = [];
  const run = async (...args: readonly string[]) => {
    const command = modelsCommand({
      print: (text) => printed.push(text),
      variable: (name) => (name === "HF_TOKEN" ? repository.token : undefined),
      addedFile: file,
    });
    await command.exitOverride().parseAsync(["add", id, "--hub", hub, ...args], { from: "user" });
  };
  await run(...more);
  return { printed: printed.join("\n"), text: () => readFileSync(file, "utf8"), run };
}

/** The entries of a file that the command wrote, loaded as the catalogue loads them. */
async function entriesOf(text: string): Promise<Record<string, CatalogModel>> {
  const folder = mkdtempSync(join(tmpdir(), "sluice-added-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const builder = pathToFileURL(join(CATALOG, "models/catalog-model.ts")).href;
  writeFileSync(join(folder, "added.ts"), text.replace("./catalog-model.ts", builder));
  const { ADDED_MODELS } = await import(/* @vite-ignore */ pathToFileURL(join(folder, "added.ts")).href);
  return ADDED_MODELS;
}

describe("sluice models add", () => {
  const qwen = { config: hubConfig("Qwen3-8B"), licence: "apache-2.0", total: 16_381_470_720 };

  // documented: models-add
  test("writes an entry with the commit, and the sizes that follow from the configuration", async () => {
    const { printed, text } = await add("Qwen/Qwen3-8B", qwen, "--name", "our-qwen", "--tool-call-parser", "hermes");
    expect(printed).toMatch(
      /our-qwen is in .*: 8\.191 billion parameters, 15\.26 GiB in bf16, commit 0123.*apache-2\.0/,
    );
    expect(text()).toContain(`import { type CatalogModel, catalogEntry } from "./catalog-model.ts";`);
    expect(text()).toContain(`  "our-qwen": catalogEntry({\n    name: "Qwen3-8B",\n    id: "Qwen/Qwen3-8B",`);
    expect(text()).toContain(`revision: "${COMMIT}"`);
    expect(text()).toMatch(
      /toolCallParser: "hermes",\n {4}minimumVllm: "\d+\.\d+\.\d+",\n {2}}\),\n} as const satisfies/,
    );
  });

  test("appends to the entries that are there", async () => {
    const { run, text } = await add("Qwen/Qwen3-8B", qwen, "--name", "one");
    await run("--name", "two");
    expect([...text().matchAll(/^ {2}"(\w+)": catalogEntry/gm)].map(([, name]) => name)).toEqual(["one", "two"]);
    expect(text().match(/catalogEntry }/g)).toHaveLength(1);
  });

  test("knows MXFP4's size, experts, and a single file of weights", async () => {
    const { text } = await add(
      "openai/gpt-oss-20b",
      { config: hubConfig("gpt-oss-20b"), licence: "apache-2.0", total: 13_761_264_768, isOneFile: true },
      "--name",
      "our-oss",
    );
    expect(text()).toContain(`format: "mxfp4"`);
    expect(text()).toMatch(/window: {\n\s+tokens: 128,\n\s+layers: 12,/);
  });

  test("counts the vision part as what the weights have beside the text part", async () => {
    const total = (27.354 + 0.3) * 2e9;
    const { text } = await add(
      "Qwen/Qwen3.5-27B",
      { config: hubConfig("Qwen3.5-27B"), licence: "apache-2.0", total },
      "--name",
      "q",
    );
    expect(Number(/visionParameters: (\d+)/.exec(text())?.[1])).toBeCloseTo(0.76e9, -8);
  });

  // documented: models-add-folder
  test("writes an entry of a folder's weights, which no hub has, with the licence of its card", async () => {
    const folder = mkdtempSync(join(tmpdir(), "sluice-own-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    writeFileSync(join(folder, "config.json"), JSON.stringify(qwen.config));
    writeFileSync(
      join(folder, "model.safetensors.index.json"),
      JSON.stringify({ metadata: { total_size: qwen.total } }),
    );
    await expect(add(folder, qwen, "--name", "support-bot")).rejects.toThrow(/no README.md .*--licence NAME/);
    writeFileSync(join(folder, "README.md"), "---\nbase_model: x\nlicense: apache-2.0\n---\n# Support");
    const { printed, text } = await add(folder, qwen, "--name", "support-bot");
    expect(printed).toMatch(/15\.26 GiB in bf16, weights of your own, apache-2\.0\. .*sluice models push/);
    expect((await entriesOf(text()))["support-bot"]).toMatchObject({
      weights: { hub: "none", id: "support-bot", pinnedBy: "manifest" },
      weightsGiB: 15.26,
      licence: { name: "apache-2.0" },
    });
  });

  test("takes the size of a folder's weights from its files where it has no index", async () => {
    const folder = mkdtempSync(join(tmpdir(), "sluice-own-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    writeFileSync(join(folder, "config.json"), JSON.stringify(qwen.config));
    await expect(add(folder, qwen, "--name", "own", "--licence", "ours")).rejects.toThrow(/no \*\.safetensors/);
    writeFileSync(join(folder, "model.safetensors"), "");
    truncateSync(join(folder, "model.safetensors"), qwen.total / 2);
    await expect(add(folder, qwen, "--name", "own", "--licence", "ours")).rejects.toThrow(/have 7\.6 GiB, and 15\.3/);
    truncateSync(join(folder, "model.safetensors"), qwen.total);
    expect((await add(folder, qwen, "--name", "own", "--licence", "ours")).printed).toMatch(
      /weights of your own, ours/,
    );
  });

  test.each([
    [
      "a licence with conditions, until it is accepted",
      { ...qwen, licence: "gemma" },
      [],
      /licence of .* is gemma, which has conditions; .*--accept-licence/,
    ],
    ["a card without a licence", { ...qwen, licence: undefined }, [], /names no licence/],
    [
      "an architecture that vLLM lacks",
      { ...qwen, config: { ...qwen.config, architectures: ["NewForCausalLM"] } },
      [],
      /vLLM \d.* has no architecture NewForCausalLM/,
    ],
    [
      "weights of another size than the configuration's",
      { ...qwen, total: 2e10 },
      [],
      /have 18\.6 GiB, and 15\.3 GiB follow .*by hand/,
    ],
    ["a name that the catalogue has", qwen, ["--name", "qwen3-8b"], /catalogue has a model "qwen3-8b"; choose another/],
    ["a parser that vLLM lacks", qwen, ["--tool-call-parser", "qwen9"], /qwen9 is not in vLLM \d.*hermes/],
    ["a revision that does not exist", qwen, ["--revision", "v9"], /revision\/v9 does not exist; check the name/],
  ] as const)("refuses %s", async (_, repository, more, message) => {
    const named = more.some((each) => each === "--name") ? more : [...more, "--name", "new"];
    await expect(add("Qwen/Qwen3-8B", repository, ...named)).rejects.toThrow(message);
  });

  test("sends HF_TOKEN to a repository behind a licence", async () => {
    const { printed } = await add("Qwen/Qwen3-8B", { ...qwen, token: "hf_test" }, "--name", "new");
    expect(printed).toMatch(/^new is in /);
  });

  test("what it wrote is a catalogue entry with computed sizes", async () => {
    const { text } = await add("Qwen/Qwen3-8B", { ...qwen, licence: "qwen" }, "--name", "new", "--accept-licence");
    expect(text()).toContain(`licence: "qwen"`);
    expect((await entriesOf(text())).new).toMatchObject({
      weightsGiB: 15.26,
      kvBytesPerToken: 147_456,
      weights: { revision: COMMIT },
    });
  });
});
