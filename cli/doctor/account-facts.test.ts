import { text as readText } from "node:stream/consumers";
import { describe, expect, test, vi } from "vitest";
import { serve } from "../../local/test/tools.ts";
import { stubLocalCredentials } from "../test/local-credentials.ts";
import { accountFacts } from "./account-facts.ts";

interface Seen {
  readonly call: string;
  readonly body: string;
  readonly authorization: string;
}

/** A server that responds to every call of AWS with one status and text, and remembers them. */
async function serveAws(status: number, text: string, headers: Record<string, string> = {}): Promise<readonly Seen[]> {
  const seen: Seen[] = [];
  const port = await serve((request, response) => {
    void readText(request).then((body) => {
      const call = String(request.headers["x-amz-target"] ?? `${request.method} ${request.url}`);
      seen.push({ call, body, authorization: String(request.headers.authorization) });
      response.writeHead(status, headers).end(text);
    });
  });
  vi.stubEnv("AWS_ENDPOINT_URL", `http://127.0.0.1:${port}`);
  return seen;
}

stubLocalCredentials();
const facts = accountFacts({ region: "eu-west-1" });
const { signal } = new AbortController();

describe("doctor's calls about an account", () => {
  test("list VPCs and addresses with the environment of each", async () => {
    const tags = "<tagSet><item><key>Environment</key><value>dev</value></item></tagSet>";
    const vpcs = `<item><vpcId>vpc-1</vpcId></item><item><vpcId>vpc-2</vpcId>${tags}</item>`;
    await serveAws(200, `<DescribeVpcsResponse><vpcSet>${vpcs}</vpcSet></DescribeVpcsResponse>`);
    expect(await facts.vpcOwners(signal)).toEqual([undefined, "dev"]);
    const addresses = `<item><publicIp>192.0.2.1</publicIp>${tags}</item>`;
    await serveAws(
      200,
      `<DescribeAddressesResponse><addressesSet>${addresses}</addressesSet></DescribeAddressesResponse>`,
    );
    expect(await facts.addressOwners(signal)).toEqual(["dev"]);
  });

  test("read how many functions may run at once in the environment's region", async () => {
    const seen = await serveAws(200, '{"AccountLimit":{"ConcurrentExecutions":10},"AccountUsage":{}}');
    expect(await facts.functionConcurrency(signal)).toBe(10);
    expect(seen[0]).toMatchObject({
      call: "GET /2016-08-19/account-settings",
      authorization: expect.stringContaining("/eu-west-1/lambda/aws4_request"),
    });
  });

  test("read a cost tag where Cost Explorer is, and call it unknown before it has cost anything", async () => {
    const tag = { TagKey: "Environment", Type: "UserDefined", Status: "Inactive" };
    const seen = await serveAws(200, JSON.stringify({ CostAllocationTags: [tag] }));
    expect(await facts.costTag("Environment", signal)).toBe("Inactive");
    expect(seen[0]).toMatchObject({
      call: "AWSInsightsIndexService.ListCostAllocationTags",
      body: '{"TagKeys":["Environment"]}',
      authorization: expect.stringContaining("/us-east-1/ce/aws4_request"),
    });
    await serveAws(200, '{"CostAllocationTags":[]}');
    expect(await facts.costTag("Environment", signal)).toBe("unknown");
  });

  test.each([
    ["in the body", '{"__type":"com.amazon.coral.service#AccessDeniedException","Message":"no"}', {}],
    ["in a header", "{}", { "x-amzn-errortype": "AccessDeniedException:http://internal" }],
  ])("throw an error that has AWS's name of it, which is %s", async (_, text, headers) => {
    await serveAws(400, text, headers);
    await expect(facts.costTag("Environment", signal)).rejects.toMatchObject({ name: "AccessDeniedException" });
  });
});
