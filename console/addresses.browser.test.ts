import { expect, test } from "vitest";
import { eventually } from "../test-support/waits/eventually.ts";
import { describeConsole, openIn, personSession } from "./test/console-stage.ts";

const PROJECTS = [{ id: "proj_1", name: "search", role: "owner" }];

describeConsole("an address of the console", { people: true }, (stage) => {
  const signedIn = () => {
    stage().control.accepted.add("sk-admin-1");
    stage().session = ({ method }) =>
      method === "DELETE" ? { status: 200, body: {} } : { status: 200, body: personSession(PROJECTS, "sk-admin-1") };
  };

  test.each([
    "https://evil.example/",
    "//evil.example/",
    "/..//evil.example/",
    "/\\evil.example/",
    "javascript:alert(1)",
    "//",
    "7",
  ])("takes whoever is signed in nowhere else than to the console: %s after /login", async (to) => {
    signedIn();
    const { site, open } = stage();
    const page = await open(`/login?${new URLSearchParams({ to })}`);
    await page.getByRole("heading", { name: "API keys" }).waitFor();
    expect(page.url()).toBe(`${site.origin}/keys`);
  });

  test.each(["/login", "/signup"])("with a destination that is none shows the sign-in: %s", async (path) => {
    const page = await stage().open(`${path}?to=%2F%2F`);
    await page.getByRole("heading", { level: 1, name: "Sign" }).waitFor();
  });

  test.each([
    ["/dashboard?zone=Nowhere&from=2026-02-31&to=7&by=__proto__&of=1", "Dashboard"],
    ["/history?of=1&q={}&model=[1]&key=7&chat=..%2Fx&with=1", "History"],
    ["/admin/audit?subject=__proto__&resource=[1]", "Audit log"],
    ["/admin/limits?scope=constructor", "Limits"],
    ["/admin/roles?of=1&who=user.%2F..", "Roles"],
    ["/admin/groups?group={}", "Groups"],
    ["/admin/logs?level=loud&request={}", "Log"],
    ["/keys?project=[1]&new=7", "API keys"],
  ])("with values that are none of the page's filters shows the page without them: %s", async (path, title) => {
    signedIn();
    const page = await stage().open(path);
    await page.locator("#content").getByRole("heading", { level: 1, name: title }).waitFor();
    await eventually(() => expect(new URL(page.url()).search).toBe(""));
  });

  test("whose frame, title and lead are shown before the page's scripts loses them when another page signs out", async () => {
    signedIn();
    const { site, open } = stage();
    const first = await open("/keys");
    await first.getByRole("heading", { name: "API keys" }).waitFor();
    const frame = Promise.withResolvers<void>();
    await first.context().route("**/assets/frame-*.js", async (route) => {
      await frame.promise;
      await route.continue();
    });
    const opening = openIn(first.context(), "/keys#second", site.origin);
    await eventually(() => expect(first.context().pages()).toHaveLength(2));
    const second = first.context().pages()[1];
    await second?.locator("#early").waitFor();
    await first.getByRole("button", { name: "Account" }).click();
    await first.getByRole("button", { name: "Sign out" }).click();
    await eventually(async () => expect(await second?.locator("#early").count()).toBe(0));
    frame.resolve();
    await (await opening).getByRole("heading", { name: "Sign in" }).waitFor();
  });
});
