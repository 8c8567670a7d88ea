import { describe, expect, test } from "vitest";
import { isOutside, natGatewayCount } from "./internet-egress.ts";

const openai = {
  dialect: "openai",
  endpoint: "https://api.openai.com/v1",
  region: null,
  allowPrivateHosts: [],
} as const;
const bedrock = {
  dialect: "bedrock",
  endpoint: "https://bedrock-runtime.us-east-1.amazonaws.com",
  region: "us-east-1",
  allowPrivateHosts: [],
} as const;
const ollama = { ...openai, endpoint: "http://gpu-box.lan:11434", allowPrivateHosts: ["gpu-box.lan"] };
const environment = { region: "us-east-1" as const, zones: ["a", "b"], gateways: { minInstances: 1 }, providers: {} };

describe("whether a provider is reached over the internet", () => {
  test("it is for public addresses, and for Bedrock of another region", () => {
    expect(isOutside("us-east-1", openai)).toBe(true);
    expect(isOutside("eu-west-1", bedrock)).toBe(true);
  });

  test("it is not for Bedrock of the same region, nor for a host of the private network", () => {
    expect(isOutside("us-east-1", bedrock)).toBe(false);
    expect(isOutside("us-east-1", ollama)).toBe(false);
  });
});

describe("the number of NAT gateways", () => {
  test("is 0 while no provider outside AWS is declared", () => {
    expect(natGatewayCount({ ...environment, providers: { bedrock, ollama } })).toBe(0);
    expect(natGatewayCount({ ...environment, network: { natGateway: "when-needed" } })).toBe(0);
  });

  test("is not 0 where gateways read the keys of issuers, but for the local one", () => {
    const people = (issuer: string, own = {}) => ({ workloads: [], people: { issuer, clientId: "a", ...own } });
    const accessTokens = { audience: "b" };
    const count = (identity: ReturnType<typeof people>) => natGatewayCount({ ...environment, identity });
    expect(count(people("https://a.example"))).toBe(0);
    expect(count(people("https://a.example", { accessTokens }))).toBe(1);
    expect(count(people("local", { accessTokens }))).toBe(0);
  });

  test("is at least that of the gateways, but at most that of the zones", () => {
    const outside = { ...environment, providers: { openai } };
    expect(natGatewayCount(outside)).toBe(1);
    expect(natGatewayCount({ ...outside, gateways: { minInstances: 2 } })).toBe(2);
    expect(natGatewayCount({ ...outside, gateways: { minInstances: 5 } })).toBe(2);
  });

  test("an environment can have them before a provider is declared", () => {
    expect(natGatewayCount({ ...environment, network: { natGateway: "always" } })).toBe(1);
  });
});
