import { describe, expect, onTestFinished, test } from "vitest";
import { CLOSED_PORT } from "../../../test-support/closed-port.ts";
import type { JsonObject } from "../../template/json.ts";
import { serve } from "../../test/tools.ts";
import { statusMatcher, TargetGroup } from "./target-group.ts";

/** A group that checks often, with the thresholds of the stacks. */
function group(check: JsonObject = {}, other: JsonObject = {}): TargetGroup {
  const health_check = { interval: 0.05, timeout: 1, healthy_threshold: 2, unhealthy_threshold: 3, ...check };
  const created = new TargetGroup("arn:group", { health_check, ...other });
  onTestFinished(() => created.stop());
  return created;
}

/** A target whose health can be changed, and the paths that it received. */
async function target(first = 200) {
  const state = { status: first, received: [] as string[] };
  const port = await serve((request, response) => {
    state.received.push(request.url ?? "");
    response.writeHead(state.status).end();
  });
  return { state, port };
}

const stateOf = (created: TargetGroup, id = "i-1") => created.targets.find((each) => each.id === id)?.state;
const reaches = (created: TargetGroup, state: string, id = "i-1") =>
  expect.poll(() => stateOf(created, id), { interval: 10 }).toBe(state);

describe("a draining target", () => {
  test("gets no new request and no health check any more, until it is deregistered", async () => {
    const { state, port } = await target();
    const created = group();
    created.register("i-1", port);
    await reaches(created, "healthy");
    created.drain("i-1");
    const before = state.received.length;
    await new Promise((resolve) => setTimeout(resolve, 200)); // four intervals
    expect([stateOf(created), created.choose(), state.received.length - before <= 1]).toEqual([
      "draining",
      undefined,
      true,
    ]);
    created.deregister("i-1");
    expect(created.targets).toEqual([]);
  });
});

describe("health", () => {
  test("goes from initial to healthy to unhealthy and back", async () => {
    const { state, port } = await target(503);
    const created = group({ path: "/health" });
    created.register("i-1", port);
    expect(stateOf(created)).toBe("initial");
    await expect.poll(() => state.received.length).toBeGreaterThan(0);
    expect(stateOf(created)).toBe("initial");
    state.status = 200;
    await reaches(created, "healthy");
    state.status = 500;
    await reaches(created, "unhealthy");
    state.status = 200;
    await reaches(created, "healthy");
    expect(new Set(state.received)).toEqual(new Set(["/health"]));
  });

  test("changes only after as many checks in a row as the thresholds", async () => {
    let status = 200;
    let answered: string[] = [];
    const created = group();
    const port = await serve((_request, response) => {
      answered.push(stateOf(created) ?? "");
      response.writeHead(status).end();
    });
    created.register("i-1", port);
    await reaches(created, "healthy");
    [status, answered] = [500, []];
    await reaches(created, "unhealthy");
    expect(answered.filter((state) => state === "healthy").length).toBeGreaterThanOrEqual(3);
    [status, answered] = [200, []];
    await reaches(created, "healthy");
    expect(answered.filter((state) => state === "unhealthy").length).toBeGreaterThanOrEqual(2);
  });

  test("a single failure between successes does not change it", async () => {
    let checks = 0;
    const port = await serve((_request, response) => void response.writeHead(++checks % 3 === 0 ? 500 : 200).end());
    const created = group();
    const losses: string[] = [];
    created.onUnhealthy((id) => losses.push(id));
    created.register("i-1", port);
    await expect.poll(() => checks).toBeGreaterThan(15);
    expect([stateOf(created), losses]).toEqual(["healthy", []]);
  });

  test("a target that has ended or responds too late is unhealthy, and the group's owner is notified once", async () => {
    for (const status of ["gone", "late"]) {
      let late = false;
      const port = await serve((request, response) => {
        if (!late) response.end();
        else if (status === "gone") request.socket.destroy();
      });
      const created = group({ timeout: 0.1 });
      const losses: string[] = [];
      created.onUnhealthy((id) => losses.push(id));
      created.register("i-1", port);
      await reaches(created, "healthy");
      late = true;
      await reaches(created, "unhealthy");
      expect(losses).toEqual(["i-1"]);
    }
  });

  test("a target that was never healthy stays initial, without a notification", async () => {
    const created = group();
    const losses: string[] = [];
    created.onUnhealthy((id) => losses.push(id));
    created.register("i-1", CLOSED_PORT);
    const { state, port } = await target();
    created.register("i-2", port);
    await expect.poll(() => state.received.length).toBeGreaterThan(3);
    expect([stateOf(created), losses]).toEqual(["initial", []]);
  });

  test("a deregistered target is checked no more", async () => {
    const { state, port } = await target();
    const created = group();
    created.register("i-1", port);
    await reaches(created, "healthy");
    created.deregister("i-1");
    expect(created.targets).toEqual([]);
    const other = await target();
    created.register("i-2", other.port);
    const before = state.received.length;
    await expect.poll(() => other.state.received.length).toBeGreaterThan(3);
    expect(state.received.length).toBeLessThanOrEqual(before + 1); // one may have been on its way
  });
});

describe("the choice among targets", () => {
  const healthy = async (created: TargetGroup, ...ids: string[]) => {
    for (const id of ids) created.register(id, (await target()).port);
    for (const id of ids) await reaches(created, "healthy", id);
  };
  const choices = (created: TargetGroup, count: number) =>
    Array.from({ length: count }, () => created.choose()?.id).sort();

  test("is none while there is no target or all are initial", async () => {
    const created = group();
    expect(created.choose()).toBeUndefined();
    created.register("i-1", (await target(503)).port);
    expect(created.choose()).toBeUndefined();
  });

  test("goes round by default", async () => {
    const created = group();
    await healthy(created, "i-1", "i-2");
    expect(choices(created, 4)).toEqual(["i-1", "i-1", "i-2", "i-2"]);
  });

  test("is the one with the fewest requests in progress when the group is set to that", async () => {
    const created = group({}, { load_balancing_algorithm_type: "least_outstanding_requests" });
    await healthy(created, "i-1", "i-2");
    created.targets[0]!.inFlight = 2;
    created.targets[1]!.inFlight = 1;
    expect(choices(created, 3)).toEqual(["i-2", "i-2", "i-2"]);
  });

  test("leaves unhealthy ones out while there is a healthy one, and takes any when there is none", async () => {
    const created = group();
    const sick = await target();
    const other = await target();
    created.register("i-1", sick.port);
    created.register("i-2", other.port);
    await reaches(created, "healthy", "i-1");
    await reaches(created, "healthy", "i-2");
    sick.state.status = 500;
    await reaches(created, "unhealthy", "i-1");
    expect(choices(created, 3)).toEqual(["i-2", "i-2", "i-2"]);
    other.state.status = 500;
    await reaches(created, "unhealthy", "i-2");
    expect(choices(created, 2)).toEqual(["i-1", "i-2"]);
  });
});

describe("the matcher", () => {
  test.each([
    ["200", [200], [201, 204, 500]],
    ["200,204", [200, 204], [202]],
    ["200-299,301", [200, 250, 299, 301], [199, 300]],
  ])("%s", (text, good, bad) => {
    const matches = statusMatcher(text);
    expect(good.every(matches)).toBe(true);
    expect(bad.some(matches)).toBe(false);
  });
});
