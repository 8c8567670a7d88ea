import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { handleS3 } from "../../local/services/s3/api.ts";
import { ObjectFolder } from "../../local/services/s3/object-folder.ts";
import { startFakeServer } from "../../test-support/fake-server.ts";
import { stubLocalCredentials } from "../test/local-credentials.ts";
import { modelsCommand } from "./models-command.ts";
import { WeightsBucket } from "./weights-bucket.ts";

const missing = ["openssl", "jq", "bash"].find((tool) => spawnSync("which", [tool]).status !== 0);

beforeEach(({ skip }) => {
  skip(missing !== undefined, `${missing} is not installed`);
});
stubLocalCredentials();

function temporary(): string {
  const folder = mkdtempSync(join(tmpdir(), "sluice-push-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** The local stack's S3 with the bucket `team-models`, which stores the checksums in objects' metadata as S3 does. */
async function startS3() {
  const objects = new ObjectFolder(temporary());
  const checksums = new Map<string, string>();
  const requests: string[] = [];
  const server = await startFakeServer((request, response) => {
    const path = (request.url ?? "").split("?")[0] ?? "";
    requests.push(`${request.method} ${path}`);
    const sent = request.headers["x-amz-meta-sha256"];
    if (typeof sent === "string") checksums.set(path, sent);
    const stored = checksums.get(path);
    if (request.method === "HEAD" && stored !== undefined) response.setHeader("x-amz-meta-sha256", stored);
    return handleS3((name) => (name === "team-models" ? objects : undefined), request, response);
  });
  onTestFinished(() => server.stop());
  vi.stubEnv("AWS_ENDPOINT_URL_S3", server.origin);
  return { objects, requests, text: async (key: string) => (await buffer(objects.read(key))).toString() };
}

/** A folder of weights, and a private key beside it. */
function weights() {
  const root = temporary();
  const folder = join(root, "weights");
  mkdirSync(join(folder, "sub"), { recursive: true });
  for (const [path, text] of Object.entries({
    "config.json": "{}",
    "model.safetensors": "weights",
    "sub/tokenizer.json": "[]",
  }))
    writeFileSync(join(folder, path), text);
  const key = join(root, "private.pem");
  execFileSync("openssl", ["ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", key]);
  return { folder, key };
}

async function push(...args: readonly string[]): Promise<string> {
  const printed: string[] = [];
  const tools = { print: (text: string) => printed.push(text), variable: () => undefined, addedFile: "" };
  await modelsCommand(tools)
    .exitOverride()
    .parseAsync(["push", ...args], { from: "user" });
  return printed.join("\n");
}

const LOCATION = "s3://team-models/support/1";

describe("sluice models push", () => {
  // documented: models-push
  test("signs a folder for its location, uploads it with the manifest last, and prints the setting", async () => {
    const s3 = await startS3();
    const { folder, key } = weights();
    const printed = await push(folder, LOCATION, "--key", key);
    expect(printed).toContain("signed 3 files as support/1");
    expect(printed).toContain(`weights: { s3: "${LOCATION}" }`);
    expect(s3.objects.list("").map((object) => object.key)).toEqual([
      "support/1/config.json",
      "support/1/manifest.json",
      "support/1/manifest.json.sig",
      "support/1/model.safetensors",
      "support/1/sub/tokenizer.json",
    ]);
    expect(await s3.text("support/1/model.safetensors")).toBe("weights");
    expect(JSON.parse(await s3.text("support/1/manifest.json")).name).toBe("support/1");
    expect(s3.requests.filter((request) => request.startsWith("PUT")).at(-1)).toBe(
      "PUT /team-models/support/1/manifest.json",
    );
  });

  test("continues an interrupted upload: what is there with its checksum is not sent again", async () => {
    const s3 = await startS3();
    const { folder, key } = weights();
    await push(folder, LOCATION, "--key", key);
    await s3.objects.delete("support/1/manifest.json");
    await s3.objects.delete("support/1/config.json");
    s3.requests.length = 0;
    await push(folder, LOCATION);
    expect(s3.requests.filter((request) => request.startsWith("PUT"))).toEqual([
      "PUT /team-models/support/1/config.json",
      "PUT /team-models/support/1/manifest.json",
    ]);
  });

  test("refuses to replace a version by other weights", async () => {
    const s3 = await startS3();
    const { folder, key } = weights();
    await push(folder, LOCATION, "--key", key);
    writeFileSync(join(folder, "model.safetensors"), "trained");
    await expect(push(folder, LOCATION, "--key", key)).rejects.toThrow(/has other weights already.*to a new folder/);
    expect(await s3.text("support/1/model.safetensors")).toBe("weights");
  });

  test.each([
    [
      "an unsigned folder",
      ({ folder }: ReturnType<typeof weights>) => push(folder, LOCATION),
      /no manifest\.json.*--key/,
    ],
    [
      "a folder that is signed for another location",
      async ({ folder, key }: ReturnType<typeof weights>) => {
        await push(folder, LOCATION, "--key", key);
        return push(folder, "s3://team-models/support/2");
      },
      /is signed for support\/1, and this is support\/2/,
    ],
    [
      "a file of another size than the signed one",
      async ({ folder, key }: ReturnType<typeof weights>) => {
        await push(folder, LOCATION, "--key", key);
        writeFileSync(join(folder, "config.json"), "{ }");
        return push(folder, LOCATION);
      },
      /config\.json has 3 bytes, and 2 were signed/,
    ],
    [
      "a bucket without a folder",
      ({ folder }: ReturnType<typeof weights>) => push(folder, "s3://team-models"),
      /"s3:\/\/team-models" must be s3:\/\/bucket\/folder/,
    ],
    [
      "a bucket that does not exist",
      ({ folder, key }: ReturnType<typeof weights>) => push(folder, "s3://other/support/1", "--key", key),
      /There is no bucket other/,
    ],
    [
      "a key that can't be read",
      ({ folder }: ReturnType<typeof weights>) => push(folder, LOCATION, "--key", "/nowhere.pem"),
      /--key must name a readable file, got \/nowhere\.pem; check the path/,
    ],
  ])("refuses %s", async (_, run, message) => {
    await startS3();
    await expect(run(weights())).rejects.toThrow(message);
  });

  test("a large file goes in parts, and is the same afterwards", async () => {
    const s3 = await startS3();
    const path = join(temporary(), "large");
    const content = Buffer.from(Array.from({ length: 2500 }, (_, index) => index % 251));
    writeFileSync(path, content);
    const file = { path, bytes: content.length, sha256: createHash("sha256").update(content).digest("hex") };
    const bucket = new WeightsBucket({ bucket: "team-models", region: "us-east-1" }, 300);
    await bucket.put("large", file);
    expect((await buffer(s3.objects.read("large"))).equals(readFileSync(path))).toBe(true);
    expect(s3.requests.filter((request) => request.startsWith("PUT"))).toHaveLength(9);
    expect(await bucket.hasFile("large", file)).toBe(true);
    expect(await bucket.hasFile("large", { ...file, sha256: "0".repeat(64) })).toBe(false);
  });
});
