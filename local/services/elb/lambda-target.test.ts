import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { strToU8, zipSync } from "fflate";
import { describe, expect, onTestFinished, test } from "vitest";
import { arnOf } from "../../runtime/names.ts";
import { emptyRuntime, resource } from "../../test/runtime.ts";
import { temporaryFolder } from "../../test/tools.ts";
import { lambdaFunction } from "../lambda/plugin.ts";
import { listener, targetGroup, targetGroupAttachment } from "./plugin.ts";

/** Responds with its event; fails for the path `/fails`. */
const SOURCE = `exports.handler = async (event) => {
  if (event.path === "/fails") throw new Error("a fault");
  return { statusCode: 201, multiValueHeaders: { "x-one": ["1"] }, body: JSON.stringify(event), isBase64Encoded: false };
};`;

/** A listener whose only target is a function. */
async function opened() {
  const folder = temporaryFolder();
  const filename = join(folder, "echo.zip");
  writeFileSync(filename, zipSync({ "index.js": strToU8(SOURCE) }));
  const runtime = emptyRuntime({ workFolder: folder });
  const [lambda, group, https] = [
    resource("aws_lambda_function", "Echo"),
    resource("aws_lb_target_group", "Targets"),
    resource("aws_lb_listener", "Https"),
  ];
  await lambdaFunction.start?.({ filename, function_name: "echo", handler: "index.handler" }, lambda, runtime);
  onTestFinished(() => runtime.lambda.stop());
  await targetGroup.start?.({ target_type: "lambda" }, group, runtime);
  const ids = { target_group_arn: arnOf(group, runtime), target_id: arnOf(lambda, runtime) };
  await targetGroupAttachment.start?.(ids, resource("aws_lb_target_group_attachment", "One"), runtime);
  const forward = { type: "forward", target_group_arn: arnOf(group, runtime) };
  await listener.start?.({ load_balancer_arn: "arn:lb", port: 443, default_action: [forward] }, https, runtime);
  const entry = runtime.elb.listeners.get(arnOf(https, runtime))!;
  onTestFinished(() => entry.listener.close());
  return { url: `http://127.0.0.1:${entry.listener.port}`, runtime, ids };
}

describe("a function as a load balancer's target", () => {
  test("gets method, path, headers, body, and parameters as they are in the address", async () => {
    const { url } = await opened();
    const response = await fetch(`${url}/v1/organization/x?a%5B%5D=1&a%5B%5D=2&b=c%20d`, {
      method: "POST",
      headers: { "content-type": "application/json", "x-two": "2" },
      body: '{"ü":1}',
    });
    expect([response.status, response.headers.get("x-one")]).toEqual([201, "1"]);
    expect(await response.json()).toMatchObject({
      httpMethod: "POST",
      path: "/v1/organization/x",
      multiValueQueryStringParameters: { "a%5B%5D": ["1", "2"], b: ["c%20d"] },
      multiValueHeaders: { "x-two": ["2"], "x-forwarded-for": ["127.0.0.1"] },
      body: '{"ü":1}',
      isBase64Encoded: false,
    });
  });

  test("gets a body that is no text in base64", async () => {
    const { url } = await opened();
    const headers = { "content-type": "application/octet-stream" };
    const response = await fetch(url, { method: "POST", headers, body: new Uint8Array([255, 0]) });
    expect(await response.json()).toMatchObject({ body: "/wA=", isBase64Encoded: true });
  });

  test("that fails is 502, and a body over 1 MB is 413 without a call, with the pages that AWS sends", async () => {
    const { url } = await opened();
    const responses = [
      await fetch(`${url}/fails`),
      await fetch(url, { method: "POST", body: "x".repeat(1024 * 1024 + 1) }),
    ];
    const pages = responses.map(async (one) => [one.status, one.headers.get("content-type"), await one.text()]);
    const page = (title: string) =>
      `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n</body>\r\n</html>\r\n`;
    expect(await Promise.all(pages)).toEqual([
      [502, "text/html", page("502 Bad Gateway")],
      [413, "text/html", page("413 Request Entity Too Large")],
    ]);
  });

  test("that does not exist is refused by the attachment's address", async () => {
    const { runtime, ids } = await opened();
    const attachment = resource("aws_lb_target_group_attachment", "Other");
    expect(() => targetGroupAttachment.start?.({ ...ids, target_id: "arn:gone" }, attachment, runtime)).toThrow(
      "aws_lb_target_group_attachment.Other: there is no function arn:gone",
    );
  });
});
