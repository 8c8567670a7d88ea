import type { IncomingMessage, ServerResponse } from "node:http";
import { text as readText } from "node:stream/consumers";
import { describe, expect, test, vi } from "vitest";
import { serve } from "../../local/test/tools.ts";
import { stubLocalCredentials } from "../test/local-credentials.ts";
import { awsFacts } from "./aws-facts.ts";

/** AWS's responses by call: status and body. */
type Responses = Readonly<Record<string, readonly [number, string]>>;

/** A server that responds to AWS's calls; calls that are not listed get 500. */
async function serveAws(responses: Responses): Promise<void> {
  const respond = async (request: IncomingMessage, response: ServerResponse) => {
    const body = await readText(request);
    const target = String(request.headers["x-amz-target"] ?? "")
      .split(".")
      .at(-1);
    const call = target || new URLSearchParams(body).get("Action") || `${request.method} ${request.url?.split("?")[0]}`;
    const [status, text] = responses[call] ?? [500, ""];
    response.setHeader("date", "Fri, 20 Nov 2026 10:00:00 GMT").writeHead(status).end(text);
  };
  const port = await serve((request, response) => void respond(request, response));
  vi.stubEnv("AWS_ENDPOINT_URL", `http://127.0.0.1:${port}`);
}

stubLocalCredentials();

const { signal } = new AbortController();
const error = (type: string): readonly [number, string] => [400, JSON.stringify({ __type: type, message: "no" })];

describe("the calls of doctor to AWS", () => {
  test("return the operator's identity and AWS's date", async () => {
    const result = "<GetCallerIdentityResult><Arn>arn:ada</Arn><Account>12</Account></GetCallerIdentityResult>";
    await serveAws({ GetCallerIdentity: [200, `<GetCallerIdentityResponse>${result}</GetCallerIdentityResponse>`] });
    expect(await awsFacts({ region: "us-east-1" }).caller(signal)).toEqual({
      account: "12",
      arn: "arn:ada",
      date: new Date("2026-11-20T10:00:00Z"),
    });
  });

  test("a quota, or AWS's default where the account has none", async () => {
    await serveAws({ GetServiceQuota: [200, '{"Quota":{"Value":64}}'] });
    expect(await awsFacts({ region: "us-east-1" }).quota("ec2", "L-DB2E81BA", signal)).toBe(64);
    await serveAws({
      GetServiceQuota: error("NoSuchResourceException"),
      GetAWSDefaultServiceQuota: [200, '{"Quota":{"Value":0}}'],
    });
    expect(await awsFacts({ region: "us-east-1" }).quota("ec2", "L-DB2E81BA", signal)).toBe(0);
  });

  test("whether a parameter, a table and an image exist", async () => {
    await serveAws({
      GetParameter: [200, '{"Parameter":{"Value":"ami-1"}}'],
      DescribeTable: [200, '{"Table":{}}'],
      DescribeImages: [
        200,
        "<DescribeImagesResponse><imagesSet><item><imageId>ami-1</imageId></item></imagesSet></DescribeImagesResponse>",
      ],
    });
    const there = awsFacts({ region: "us-east-1" });
    expect(await there.hasParameter("/a", signal)).toBe(true);
    expect(await there.hasTable("a", signal)).toBe(true);
    expect(await there.hasImage("ami-1", signal)).toBe(true);
    const gone =
      "<Response><Errors><Error><Code>InvalidAMIID.NotFound</Code><Message>no</Message></Error></Errors></Response>";
    await serveAws({
      GetParameter: error("ParameterNotFound"),
      DescribeTable: error("ResourceNotFoundException"),
      DescribeImages: [400, gone],
    });
    expect(await there.hasParameter("/a", signal)).toBe(false);
    expect(await awsFacts({ region: "us-east-1" }).hasTable("a", signal)).toBe(false);
    expect(await awsFacts({ region: "us-east-1" }).hasImage("ami-1", signal)).toBe(false);
  });

  test("a certificate's status and end, and that there is none", async () => {
    await serveAws({ DescribeCertificate: [200, '{"Certificate":{"Status":"ISSUED","NotAfter":1795168800}}'] });
    expect(await awsFacts({ region: "us-east-1" }).certificate("arn", signal)).toEqual({
      status: "ISSUED",
      notAfter: new Date(1_795_168_800_000),
    });
    await serveAws({ DescribeCertificate: error("ResourceNotFoundException") });
    expect(await awsFacts({ region: "us-east-1" }).certificate("arn", signal)).toBeUndefined();
  });

  test("a zone's name, and that there is none", async () => {
    const zone =
      "<GetHostedZoneResponse><HostedZone><Id>Z1</Id><Name>example.com.</Name></HostedZone></GetHostedZoneResponse>";
    await serveAws({ "GET /2013-04-01/hostedzone/Z1": [200, zone] });
    expect(await awsFacts({ region: "us-east-1" }).zone("Z1", signal)).toBe("example.com");
    const gone = "<ErrorResponse><Error><Code>NoSuchHostedZone</Code></Error></ErrorResponse>";
    await serveAws({ "GET /2013-04-01/hostedzone/Z1": [404, gone] });
    expect(await awsFacts({ region: "us-east-1" }).zone("Z1", signal)).toBeUndefined();
  });

  test.each([
    [200, "ours"],
    [404, "missing"],
    [403, "foreign"],
  ])("a bucket with status %d is %s", async (status, state) => {
    await serveAws({ "HEAD /states/": [status, ""] });
    expect(await awsFacts({ region: "us-east-1" }).bucket("states", signal)).toBe(state);
  });

  test("zones by their letters, and the zones of an instance type", async () => {
    const zone = (name: string, id: string) => `<item><zoneName>${name}</zoneName><zoneId>${id}</zoneId></item>`;
    const zones = zone("us-east-1a", "use1-az6") + zone("us-east-1b", "use1-az3");
    const offer = (zone: string) =>
      `<item><instanceType>g5.xlarge</instanceType><locationType>availability-zone</locationType><location>${zone}</location></item>`;
    await serveAws({
      DescribeAvailabilityZones: [200, `<R><availabilityZoneInfo>${zones}</availabilityZoneInfo></R>`],
      DescribeInstanceTypeOfferings: [
        200,
        `<R><instanceTypeOfferingSet>${offer("us-east-1b")}</instanceTypeOfferingSet></R>`,
      ],
    });
    const facts = awsFacts({ region: "us-east-1" });
    expect([...(await facts.zoneIds(signal))]).toEqual([
      ["a", "use1-az6"],
      ["b", "use1-az3"],
    ]);
    const offerings = await facts.offerings(["g5.xlarge", "p4d.24xlarge"], signal);
    expect([...offerings].map(([type, found]) => [type, [...found]])).toEqual([
      ["g5.xlarge", ["b"]],
      ["p4d.24xlarge", []],
    ]);
  });

  test("the role by which API Gateway logs, and that there is none", async () => {
    await serveAws({ "GET /account": [200, '{"cloudwatchRoleArn":"arn:role","features":["UsagePlans"]}'] });
    expect(await awsFacts({ region: "us-east-1" }).apiLogRole(signal)).toBe("arn:role");
    await serveAws({ "GET /account": [200, '{"features":[]}'] });
    expect(await awsFacts({ region: "us-east-1" }).apiLogRole(signal)).toBeUndefined();
    await serveAws({ "GET /account": [200, '{"cloudwatchRoleArn":null}'] });
    expect(await awsFacts({ region: "us-east-1" }).apiLogRole(signal)).toBeUndefined();
    await serveAws({ "GET /account": [403, "{}"] });
    await expect(awsFacts({ region: "us-east-1" }).apiLogRole(signal)).rejects.toThrow(
      /apigateway responded to GET .account with 403/,
    );
  });

  test("any other error response is an error", async () => {
    await serveAws({ GetParameter: error("AccessDeniedException") });
    await expect(awsFacts({ region: "us-east-1" }).hasParameter("/a", signal)).rejects.toThrow(/no/);
  });
});
