import type { RequestListener } from "node:http";
import { describe, expect, onTestFinished, test } from "vitest";
import { CLOSED_PORT } from "../../../test-support/closed-port.ts";
import type { JsonObject } from "../../template/json.ts";
import { call, serve } from "../../test/tools.ts";
import { Listener } from "./listener.ts";
import { TargetGroup } from "./target-group.ts";

const forward = (arn: string): JsonObject => ({ type: "forward", target_group_arn: arn });
const fixed = (text: string, status = "404"): JsonObject => ({
  type: "fixed-response",
  fixed_response: { content_type: "application/json", message_body: text, status_code: status },
});
const host = (...values: string[]): JsonObject => ({ host_header: { values } });
const path = (...values: string[]): JsonObject => ({ path_pattern: { values } });

/** A target group of these ports; `state` is set by hand, so that no test waits for a check. */
function group(arn: string, ports: readonly number[], state: "healthy" | "unhealthy" | "initial" = "healthy") {
  const config = { load_balancing_algorithm_type: "least_outstanding_requests", health_check: { interval: 3600 } };
  const created = new TargetGroup(arn, config);
  onTestFinished(() => created.stop());
  for (const [index, port] of ports.entries()) created.register(`i-${index}`, port);
  for (const target of created.targets) target.state = state;
  return created;
}

async function listener(defaultAction: JsonObject, groups: readonly TargetGroup[] = [], idleTimeoutSeconds = 15) {
  const opened = await Listener.open({
    config: { default_action: [defaultAction] },
    idleTimeoutSeconds,
    targetGroup: (arn) => groups.find((each) => each.arn === arn),
  });
  onTestFinished(() => opened.close());
  return opened;
}

const respondWith =
  (text: string): RequestListener =>
  (_request, response) =>
    void response.end(text);
const body = async (opened: Listener, to: string, headers = {}) => (await call(opened.port, to, { headers })).body;

describe("rules", () => {
  test("a host rule forwards its host, whatever the port and the case; any other host gets the default action", async () => {
    const engines = group("arn:engines", [await serve(respondWith("engine"))]);
    const opened = await listener(fixed("no such host"), [engines]);
    opened.addRule({ condition: [host("phi.engines.internal")], action: [forward("arn:engines")] });
    expect(await body(opened, "/", { host: "phi.engines.internal" })).toBe("engine");
    expect(await body(opened, "/", { host: "PHI.engines.internal:8000" })).toBe("engine");
    expect(await body(opened, "/", { host: "xphi.engines.internal" })).toBe("no such host");
    expect(await body(opened, "/", { host: "phi-engines.internal" })).toBe("no such host");
  });

  test("patterns have * for any characters and ? for one", async () => {
    const opened = await listener(fixed("default"));
    opened.addRule({ condition: [path("/v1/*", "/health?")], action: [fixed("rule")] });
    expect(await body(opened, "/v1/a/b?c=d")).toBe("rule");
    expect(await body(opened, "/healthz")).toBe("rule");
    expect(await body(opened, "/health")).toBe("default");
    expect(await body(opened, "/x/v1/a")).toBe("default");
  });

  test("all conditions of a rule must hold", async () => {
    const opened = await listener(fixed("default"));
    opened.addRule({ condition: [host("a"), path("/x")], action: [fixed("rule")] });
    expect(await body(opened, "/x", { host: "a" })).toBe("rule");
    expect(await body(opened, "/x", { host: "b" })).toBe("default");
    expect(await body(opened, "/y", { host: "a" })).toBe("default");
  });

  test("the lowest priority number wins; without one a rule comes after those before it", async () => {
    const opened = await listener(fixed("default"));
    opened.addRule({ priority: 20, condition: [path("/*")], action: [fixed("twenty")] });
    opened.addRule({ condition: [path("/*")], action: [fixed("unnumbered")] });
    opened.addRule({ priority: 10, condition: [path("/a")], action: [fixed("ten")] });
    expect([await body(opened, "/a"), await body(opened, "/b")]).toEqual(["ten", "twenty"]);
  });

  test("a condition that is not simulated is refused by name", async () => {
    const opened = await listener(fixed("default"));
    const rule = { condition: [{ source_ip: { values: ["10.0.0.0/8"] } }], action: [fixed("x")] };
    expect(() => opened.addRule(rule)).toThrow("host_header and path_pattern conditions; this rule has source_ip.");
  });
});

describe("actions", () => {
  test("a fixed response has its status, type and body", async () => {
    const opened = await listener(fixed('{"code":"model_not_found"}'));
    const { status, headers, body: text } = await call(opened.port, "/");
    expect({ status, text }).toEqual({ status: 404, text: '{"code":"model_not_found"}' });
    expect(headers["content-type"]).toBe("application/json");
  });

  test("a forward block with one target group forwards as well", async () => {
    const engines = group("arn:engines", [await serve(respondWith("engine"))]);
    const action = { type: "forward", forward: [{ target_group: [{ arn: "arn:engines" }] }] };
    expect(await body(await listener(action, [engines]), "/")).toBe("engine");
  });

  test("an action that is not simulated responds 500 with its name", async () => {
    const { status, body: text } = await call((await listener({ type: "redirect" })).port, "/");
    expect([status, text]).toEqual([500, expect.stringContaining("action redirect is not simulated")]);
  });

  test("the target receives the client's address after those that were before it", async () => {
    const mirror = await serve((request, response) => void response.end(JSON.stringify(request.headers)));
    const opened = await listener(forward("arn:g"), [group("arn:g", [mirror])]);
    const headers = async (sent: object) => JSON.parse(await body(opened, "/", sent));
    expect(await headers({})).toMatchObject({ "x-forwarded-for": "127.0.0.1", "x-forwarded-proto": "https" });
    expect(await headers({ "x-forwarded-for": "6.6.6.6" })).toMatchObject({ "x-forwarded-for": "6.6.6.6, 127.0.0.1" });
  });
});

describe("targets", () => {
  test("none, or only new ones, is 503", async () => {
    const port = await serve(respondWith("too early"));
    for (const groups of [[group("arn:g", [])], [group("arn:g", [port], "initial")], []]) {
      const { status, headers } = await call((await listener(forward("arn:g"), groups)).port, "/");
      expect([status, headers.server]).toEqual([503, "awselb/2.0"]);
    }
  });

  // documented: no-healthy-gateway
  test("all unhealthy: any of them is tried rather than none", async () => {
    const engines = group("arn:g", [await serve(respondWith("sick but there"))], "unhealthy");
    expect(await body(await listener(forward("arn:g"), [engines]), "/")).toBe("sick but there");
  });

  test("one that refuses the connection is 502", async () => {
    const engines = group("arn:g", [CLOSED_PORT]);
    expect((await call((await listener(forward("arn:g"), [engines])).port, "/")).status).toBe(502);
  });

  test("one that is silent for the idle timeout is 504", async () => {
    const engines = group("arn:g", [await serve(() => {})]);
    expect((await call((await listener(forward("arn:g"), [engines], 0.1)).port, "/")).status).toBe(504);
  });

  test("the one with the fewest requests under way is next, and a finished request counts no more", async () => {
    const waiting: (() => void)[] = [];
    const slow: RequestListener = (_request, response) => void waiting.push(() => response.end("slow"));
    const engines = group("arn:g", [await serve(slow), await serve(respondWith("quick"))]);
    const opened = await listener(forward("arn:g"), [engines]);
    const first = body(opened, "/");
    await expect.poll(() => waiting.length).toBe(1);
    expect([await body(opened, "/"), await body(opened, "/")]).toEqual(["quick", "quick"]);
    waiting[0]?.();
    expect(await first).toBe("slow");
    await expect.poll(() => engines.targets.map(({ inFlight }) => inFlight)).toEqual([0, 0]);
  });

  test("failures and clients that leave count no more either", async () => {
    const arrived = Promise.withResolvers<void>();
    const engines = group("arn:g", [await serve(() => arrived.resolve())]);
    const opened = await listener(forward("arn:g"), [engines]);
    const controller = new AbortController();
    const left = fetch(`http://127.0.0.1:${opened.port}/`, { signal: controller.signal });
    await arrived.promise;
    expect(engines.targets[0]?.inFlight).toBe(1);
    controller.abort();
    await expect(left).rejects.toThrow();
    await expect.poll(() => engines.targets[0]?.inFlight).toBe(0);
  });
});
