import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import { loadEnvironment } from "../../environments/load.ts";
import { runNode } from "../../local/test/setup-project.ts";
import type { StoredImage } from "./image-store.ts";
import { imagesCommand } from "./images-command.ts";

const dev = await loadEnvironment("dev");
const prod = await loadEnvironment("prod");
const stored = (ami: string): StoredImage => ({ ami, version: 3, changedAt: new Date("2026-11-20T00:00:00Z") });
const [OLD, NEW] = ["ami-00000000000000001", "ami-00000000000000002"];

async function images(
  args: readonly string[],
  parameters: Record<string, string>,
  { replies, target = prod }: { replies?: readonly string[]; target?: typeof prod } = {},
) {
  const printed: string[] = [];
  const waiting = [...(replies ?? [])];
  const regions: string[] = [];
  const command = imagesCommand({
    print: (text) => printed.push(text),
    prompt: async () => waiting.shift() ?? "",
    isInteractive: replies !== undefined,
    environmentNames: () => ["dev", "prod"],
    environment: async (name) => (name === "dev" ? dev : target),
    store: ({ region }) => {
      regions.push(region);
      return {
        read: async (parameter) => (parameters[parameter] === undefined ? undefined : stored(parameters[parameter])),
        write: async (parameter, ami) => {
          parameters[parameter] = ami;
        },
      };
    },
  });
  for (const each of [command, ...command.commands]) each.exitOverride();
  await command.parseAsync([...args], { from: "user" });
  return { text: printed.join("\n"), parameters, regions };
}

const inDev = { "/sluice/images/dev/gateway": OLD, "/sluice/images/dev/engine": NEW };
const promote = ["promote", "--from", "dev", "--to", "prod"];

describe("sluice images", () => {
  test("list has the image of each environment, and where it comes from", async () => {
    const fixed = { ...prod, gateways: { ...prod.gateways, image: NEW } };
    const { text } = await images(["list"], inDev, { target: fixed });
    expect(text).toMatch(
      /^dev +us-east-1 +engine +ami-0{16}2 +\/sluice\/images\/dev\/engine, version 3 of 2026-11-20$/m,
    );
    expect(text).toMatch(/^prod +us-east-1 +gateway +ami-0{16}2 +the file$/m);
    expect(text).toMatch(/^prod +us-east-1 +engine +none +\/sluice\/images\/prod\/engine \(does not exist/m);
  });

  test("set writes the parameters of one environment", async () => {
    const { parameters } = await images(["set", "--environment", "dev", "--engine", OLD], { ...inDev });
    expect(parameters).toEqual({ "/sluice/images/dev/gateway": OLD, "/sluice/images/dev/engine": OLD });
  });

  // documented: images-promoted
  test("promote shows what changes, prompts, and writes the other environment's parameters", async () => {
    const before = { ...inDev, "/sluice/images/prod/gateway": OLD, "/sluice/images/prod/engine": OLD };
    const { text, parameters } = await images(promote, { ...before }, { replies: ["yes"] });
    expect(text).toMatch(/^\/sluice\/images\/prod\/engine: ami-0{16}1 → ami-0{16}2$/m);
    expect(text).not.toContain("prod/gateway:");
    expect(parameters).toEqual({ ...before, "/sluice/images/prod/engine": NEW });
    const again = await images(promote, parameters);
    expect(again.text).toBe("prod has the images of dev already.");
  });

  test.each<readonly [string, readonly string[], Parameters<typeof images>[2], RegExp]>([
    ["nothing named", ["set", "--environment", "dev"], {}, /Nothing to set/],
    [
      "no image id",
      ["set", "--environment", "dev", "--engine", "latest"],
      {},
      /--engine must be an image's id.*"latest"/,
    ],
    [
      "a fixed image",
      promote,
      { target: { ...prod, gateways: { ...prod.gateways, image: OLD } } },
      /fixes its gateway image in its file/,
    ],
    ["another region", promote, { target: { ...prod, region: "eu-west-1" } }, /copy it \(aws ec2 copy-image\)/],
    ["a declined prompt", promote, { replies: ["no"] }, /Declined/],
    ["no terminal", promote, {}, /add --yes/],
  ])("%s writes nothing", async (_, args, options, message) => {
    const parameters: Record<string, string> = { ...inDev };
    await expect(images(args, parameters, options)).rejects.toThrow(message);
    expect(parameters).toEqual(inDev);
  });

  test("promoting from an environment without an image says which parameter is missing", async () => {
    await expect(images(promote, {})).rejects.toThrow(/\/sluice\/images\/dev\/gateway does not exist/);
  });
});

test("the command itself calls Systems Manager, with the data type that makes EC2 check the image", async () => {
  const calls: { target: unknown; body: unknown }[] = [];
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += String(chunk);
    calls.push({ target: request.headers["x-amz-target"], body: JSON.parse(body) });
    response.writeHead(200, { "content-type": "application/x-amz-json-1.1" }).end(JSON.stringify({ Version: 1 }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const { code, stdout, stderr } = await runNode(
    ["cli/sluice.ts", "images", "set", "--environment", "dev", "--gateway", NEW],
    {
      cwd: `${import.meta.dirname}/../..`,
      env: {
        PATH: process.env.PATH,
        HOME: "/nowhere",
        AWS_ENDPOINT_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
        AWS_ACCESS_KEY_ID: "id",
        AWS_SECRET_ACCESS_KEY: "secret",
      },
    },
  );
  expect([code, stderr]).toEqual([0, ""]);
  expect(stdout).toContain(`/sluice/images/dev/gateway is ${NEW}`);
  const body = {
    Name: "/sluice/images/dev/gateway",
    Value: NEW,
    Type: "String",
    DataType: "aws:ec2:image",
    Overwrite: true,
  };
  expect(calls).toEqual([{ target: "AmazonSSM.PutParameter", body }]);
});
