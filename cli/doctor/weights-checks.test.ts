import { describe, expect, test } from "vitest";
import { loadEnvironment } from "../../environments/load.ts";
import type { PoolSettings } from "../../settings/environment.ts";
import type { Finding } from "./finding.ts";
import { weightsChecks } from "./weights-checks.ts";
import type { WeightsFolder } from "./weights-facts.ts";

const dev = await loadEnvironment("dev");
const [[name, pool]] = Object.entries(dev.pools) as [[string, PoolSettings]];
const KEY = "arn:aws:kms:us-east-1:123456789012:key/0a";
const GIB = 1024 ** 3;
const sha256 = "0".repeat(64);
const FILES = [
  { path: "config.json", bytes: 2, sha256 },
  { path: "model.safetensors", bytes: 7.1 * GIB, sha256 },
].map((file) => ({ ...file, bytes: Math.round(file.bytes) }));

const manifest = (more: object = {}) => JSON.stringify({ version: 1, name: "support/1", files: FILES, ...more });
const GOOD: WeightsFolder = {
  manifest: manifest(),
  kmsKeyArn: KEY,
  objects: new Map([...FILES.map(({ path, bytes }) => [path, bytes] as const), ["manifest.json.sig", 71]]),
};

async function finding(
  folder: Partial<WeightsFolder> = {},
  region?: string | null,
  kmsKeyArn: string | undefined = KEY,
) {
  const weights = { s3: "s3://team-models/support/1", kmsKeyArn };
  const [check, ...more] = weightsChecks({
    environment: { ...dev, pools: { [name]: { ...pool, weights } } },
    aws: {
      bucketRegion: async () => (region === null ? undefined : (region ?? dev.region)),
      weightsFolder: async () => ({ ...GOOD, ...folder }),
    },
  });
  expect([check?.name, more]).toEqual([`weights of ${name}`, []]);
  return (await check?.run(new AbortController().signal)) as Finding;
}

describe("doctor of weights of the user's own", () => {
  test("has no check where there are none", () => {
    const aws = { bucketRegion: async () => undefined, weightsFolder: async () => GOOD };
    expect(weightsChecks({ environment: dev, aws })).toEqual([]);
  });

  // documented: doctor-own-weights
  test("finds nothing where the signed files are there, in the region and with the key", async () => {
    expect(await finding()).toEqual({ level: "ok", text: "s3://team-models/support/1: 2 files, 7.1 GiB of weights" });
  });

  test("a bucket that is missing, or in another region, fails", async () => {
    expect(await finding({}, null)).toMatchObject({ level: "fail", text: "there is no bucket team-models" });
    expect(await finding({}, "eu-west-1")).toMatchObject({
      level: "fail",
      text: "team-models is in eu-west-1, and engines reach buckets in us-east-1 alone",
    });
  });

  test.each([
    ["no manifest", { manifest: undefined }, /has no manifest\.json, and engines load signed weights alone/],
    ["another manifest", { manifest: '{"version":2}' }, /has another form/],
    ["a manifest of another location", { manifest: manifest({ name: "support/2" }) }, /is signed for support\/2/],
    ["no signature", { objects: new Map(FILES.map(({ path, bytes }) => [path, bytes])) }, /has no manifest\.json\.sig/],
    [
      "a file of another size",
      { objects: new Map([...GOOD.objects, ["config.json", 3]]) },
      /config\.json of .* is missing or of another size/,
    ],
  ] as const)("%s fails with the command that uploads them", async (_, folder, text) => {
    expect(await finding(folder)).toEqual({
      level: "fail",
      text: expect.stringMatching(text),
      remedy: "upload them: sluice models push FOLDER s3://team-models/support/1 --key private.pem",
    });
  });

  test("a key that the file does not name fails, or may be AWS's own", async () => {
    const other = `${KEY}b`;
    expect(await finding({ kmsKeyArn: other })).toMatchObject({
      level: "fail",
      remedy: `set weights.kmsKeyArn to ${other}`,
    });
    expect(await finding({ kmsKeyArn: undefined })).toMatchObject({ level: "warn", text: /not encrypted with/ });
    const [check] = weightsChecks({
      environment: { ...dev, pools: { [name]: { ...pool, weights: { s3: "s3://team-models/support/1" } } } },
      aws: { bucketRegion: async () => dev.region, weightsFolder: async () => GOOD },
    });
    expect(await check?.run(new AbortController().signal)).toMatchObject({
      level: "warn",
      remedy: expect.stringContaining("AWS managed key"),
    });
  });

  test("weights of another size than the catalogue's are a warning: what fits was computed with those", async () => {
    const files = [{ path: "model.safetensors", bytes: 15 * GIB, sha256 }];
    const objects = new Map([...GOOD.objects, ["model.safetensors", 15 * GIB]]);
    expect(await finding({ manifest: manifest({ files }), objects })).toMatchObject({
      level: "warn",
      text: expect.stringMatching(/15\.0 GiB of weights, where the catalogue's entry has 7\.\d+ GiB/),
    });
  });
});
