import { describe, expect, test } from "vitest";
import { limited } from "./test/limited-organization.ts";

const REQUESTS = { metric: "requests", window: "minute", max: 60 } as const;

describe("the weight of a project", () => {
  test("is what a gateway reads with its limits, stays when they are changed or deleted, and is listed", async () => {
    const { send, held, project } = await limited();
    const path = `/project/${project.id}`;
    expect((await send("GET", path)).body).not.toHaveProperty("weight");
    expect((await send("POST", path, { limits: [], weight: 3 })).body).toMatchObject({ limits: [], weight: 3 });
    expect((await send("GET", "")).body.data).toMatchObject([{ scope: "project", weight: 3 }]);
    await send("POST", path, { limits: [REQUESTS] });
    expect(await held("project", project.id)).toMatchObject({ weight: 3, limits: [REQUESTS] });
    await send("DELETE", path);
    expect(await held("project", project.id)).toMatchObject({ weight: 3, limits: [] });
    await send("POST", path, { limits: [], weight: 1 });
    expect(await held("project", project.id)).toMatchObject({ weight: 1 });
  });

  test.each([
    ["project", 0],
    ["project", 1001],
    ["project", 1.5],
    ["organization", 2],
    ["user", 2],
    ["key", 2],
  ] as const)("of a %s that is %d is refused with its field, and stores nothing", async (scope, weight) => {
    const { send, project, userId, keyId } = await limited();
    const ids = { project: project.id, organization: "organization", user: userId, key: keyId };
    const refused = await send("POST", `/${scope}/${ids[scope]}`, { limits: [REQUESTS], weight });
    expect(refused).toMatchObject({ status: 400, body: { error: { param: "weight" } } });
    expect(await send("GET", `/${scope}/${ids[scope]}`)).toMatchObject({ etag: '"0"', body: { limits: [] } });
  });
});

describe("the tier of a project or key", () => {
  test("is what a gateway reads with its limits, stays when they are changed, and ends with null or when they are deleted", async () => {
    const { send, held, project, keyId } = await limited();
    const path = `/project/${project.id}`;
    expect((await send("POST", path, { limits: [REQUESTS], tier: "gold" })).body).toMatchObject({ tier: "gold" });
    await send("POST", path, { limits: [] });
    expect(await held("project", project.id)).toMatchObject({ tier: "gold", limits: [], isComplete: true });
    expect((await send("GET", "")).body.data).toMatchObject([{ scope: "project", tier: "gold" }]);
    expect((await send("POST", path, { limits: [REQUESTS], tier: null })).body).not.toHaveProperty("tier");
    expect(await held("project", project.id)).not.toHaveProperty("tier");
    await send("POST", `/key/${keyId}`, { limits: [], tier: "free" });
    expect(await held("key", keyId.slice("key_".length))).toMatchObject({ tier: "free" });
    await send("DELETE", `/key/${keyId}`);
    expect(await held("key", keyId.slice("key_".length))).not.toHaveProperty("tier");
  });

  test.each([
    ["project", "silver", "no tier of this environment, which has gold, free"],
    ["project", "", ""],
    ["user", "gold", "the scope user has none"],
    ["organization", "gold", "the scope organization has none"],
  ] as const)("of a %s that is %j is refused with its field, and stores nothing", async (scope, tier, message) => {
    const { send, project, userId } = await limited();
    const path = `/${scope}/${{ project: project.id, organization: "organization", user: userId }[scope]}`;
    const refused = await send("POST", path, { limits: [REQUESTS], tier });
    expect(refused).toMatchObject({ status: 400, body: { error: { param: "tier" } } });
    expect(JSON.stringify(refused.body)).toContain(message);
    expect(await send("GET", path)).toMatchObject({ etag: '"0"', body: { limits: [] } });
  });
});
