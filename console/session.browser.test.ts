import { expect, test } from "vitest";
import { eventually } from "../test-support/waits/eventually.ts";
import { describeConsole, openIn, personSession } from "./test/console-stage.ts";

const PROJECTS = [
  { id: "proj_1", name: "search", role: "owner" },
  { id: "proj_2", name: "support", role: "member" },
];

describeConsole("a person's session", { people: true }, (stage) => {
  // documented: console-session
  test("goes on after a reload without a sign-in, with a new key, and no key is stored", async () => {
    const { control, sessionCalls, open } = stage();
    let renewals = 0;
    stage().session = () => {
      renewals += 1;
      control.accepted.add(`sk-admin-${renewals}`);
      return { status: 200, body: personSession(PROJECTS, `sk-admin-${renewals}`) };
    };
    const page = await open("/keys");
    await page.getByRole("heading", { name: "No keys yet" }).waitFor();
    await page.reload();
    await page.getByRole("heading", { name: "No keys yet" }).waitFor();
    expect(sessionCalls.map(({ method, path }) => `${method} ${path}`)).toEqual(Array(2).fill("POST /session/refresh"));
    expect(control.seen.at(-1)?.authorization).toBe("Bearer sk-admin-2");
    const stored = await page.evaluate("JSON.stringify({ ...localStorage, ...sessionStorage }) + document.cookie");
    expect(stored).not.toContain("sk-");
  });

  // documented: console-first-requests
  test("is renewed, and the page's own code loaded, while the script of the frame is under way", async () => {
    const { control, site, open } = stage();
    const frame = Promise.withResolvers<void>();
    stage().session = () => ({ status: 200, body: personSession(PROJECTS, "sk-admin-1") });
    control.accepted.add("sk-admin-1");
    const page = await open("/login");
    await page.getByRole("heading", { name: "No keys yet" }).waitFor();
    const responded: string[] = [];
    page.on("response", (response) => responded.push(new URL(response.url()).pathname.replace(/-[\w-]{8}\.js$/, "")));
    await page.route("**/frame-*.js", async (route) => {
      await frame.promise;
      await route.continue();
    });
    await page.goto(`${site.origin}/dashboard`, { waitUntil: "commit" });
    await eventually(() =>
      expect(responded).toEqual(
        expect.arrayContaining(["/config.json", "/session/refresh", "/console/assets/dashboard-page"]),
      ),
    );
    expect(responded).not.toContain("/console/assets/frame");
    frame.resolve();
    await page.getByRole("heading", { name: "Dashboard", exact: true }).waitFor();
  });

  test("goes on at a page's address with a last slash too, whose query stays", async () => {
    const { control, open } = stage();
    stage().session = () => ({ status: 200, body: personSession(PROJECTS, "sk-admin-1") });
    control.accepted.add("sk-admin-1");
    const page = await open("/dashboard/?by=key&project=proj_2");
    await page.getByRole("heading", { name: "Dashboard", exact: true }).waitFor();
    expect(await page.getByLabel("By", { exact: true }).inputValue()).toBe("key");
    expect(await page.getByRole("combobox", { name: "Project" }).inputValue()).toBe("proj_2");
    expect(await page.getByRole("link", { name: "Dashboard" }).getAttribute("aria-current")).toBe("page");
  });

  test("is renewed when the API refuses its key, and the request is sent once more", async () => {
    const { control, open } = stage();
    let renewals = 0;
    stage().session = () => {
      renewals += 1;
      if (renewals === 2) control.accepted.add("sk-admin-2");
      return { status: 200, body: personSession(PROJECTS, `sk-admin-${renewals}`) };
    };
    const page = await open("/keys");
    await page.getByRole("heading", { name: "No keys yet" }).waitFor();
    expect(control.seen.map(({ authorization }) => authorization)).toEqual(["Bearer sk-admin-1", "Bearer sk-admin-2"]);
  });

  test("is renewed before its keys end", async () => {
    const { control, sessionCalls, open } = stage();
    control.accepted.add("sk-admin-1");
    stage().session = () => {
      const isFirst = sessionCalls.length === 1;
      return { status: 200, body: personSession(PROJECTS, "sk-admin-1", isFirst ? 61 : 900) };
    };
    const page = await open("/keys");
    await page.getByRole("heading", { name: "No keys yet" }).waitFor();
    await expect.poll(() => sessionCalls.length).toBe(2);
    expect(sessionCalls[1]?.body).toEqual({ project_id: "proj_1" });
  });

  test("that has ended leads to the sign-in, which says so and returns to the page", async () => {
    const { control, sessionCalls, open } = stage();
    control.accepted.add("sk-admin-1");
    stage().session = () =>
      sessionCalls.length === 1
        ? { status: 200, body: personSession(PROJECTS, "sk-admin-1") }
        : { status: 401, body: {} };
    const page = await open("/keys?project=proj_2");
    await page.getByRole("heading", { name: "No keys yet" }).waitFor();
    control.accepted.clear();
    await page.getByRole("combobox", { name: "Project" }).selectOption("search");
    await page.getByText("Your session has ended. Sign in again.").waitFor();
    const { pathname, searchParams } = new URL(page.url());
    expect([pathname, searchParams.get("to")]).toEqual(["/login", "/keys?project=proj_1"]);
  });

  test("that is signed out in one window is over in the other", async () => {
    const { control, site, sessionCalls, open } = stage();
    control.accepted.add("sk-admin-1");
    stage().session = ({ method }) =>
      method === "DELETE" ? { status: 200, body: {} } : { status: 200, body: personSession(PROJECTS, "sk-admin-1") };
    const first = await open("/keys");
    const second = await openIn(first.context(), "/keys", site.origin);
    await second.getByRole("heading", { name: "No keys yet" }).waitFor();
    await first.getByRole("button", { name: "Account" }).click();
    await first.getByRole("button", { name: "Sign out" }).click();
    for (const page of [first, second]) await page.getByRole("heading", { name: "Sign in" }).waitFor();
    expect(sessionCalls.filter(({ method }) => method === "DELETE")).toHaveLength(1);
  });

  test("that is signed out in one window is over in another that is still loading, whose keys have come already", async () => {
    const { control, site, sessionCalls, open } = stage();
    const frame = Promise.withResolvers<void>();
    control.accepted.add("sk-admin-1");
    stage().session = ({ method }) =>
      method === "DELETE" ? { status: 200, body: {} } : { status: 200, body: personSession(PROJECTS, "sk-admin-1") };
    const first = await open("/keys");
    await first.getByRole("heading", { name: "No keys yet" }).waitFor();
    const second = await first.context().newPage();
    await second.route("**/frame-*.js", async (route) => {
      await frame.promise;
      await route.continue();
    });
    const renewed = second.waitForResponse("**/session/refresh");
    await second.goto(`${site.origin}/keys`, { waitUntil: "commit" });
    await (await renewed).finished();
    await first.getByRole("button", { name: "Account" }).click();
    await first.getByRole("button", { name: "Sign out" }).click();
    await eventually(() => expect(sessionCalls.at(-1)?.method).toBe("DELETE"));
    const read = control.seen.length;
    frame.resolve();
    await second.getByRole("heading", { name: "Sign in" }).waitFor();
    expect(control.seen).toHaveLength(read);
  });

  // documented: sign-out-while-opening
  test.each([true, false])(
    "that is signed out in one window is over in another that is opened before the service has ended it, with locks of the browser: %s",
    async (hasLocks) => {
      const { control, site, sessionCalls, open } = stage();
      const ending = Promise.withResolvers<void>();
      let isOver = false;
      control.accepted.add("sk-admin-1");
      stage().session = async ({ method }) => {
        if (method === "DELETE") await ending.promise;
        isOver ||= method === "DELETE";
        return isOver && method !== "DELETE"
          ? { status: 401, body: {} }
          : { status: 200, body: method === "DELETE" ? {} : personSession(PROJECTS, "sk-admin-1") };
      };
      const first = await open("/keys");
      if (!hasLocks) await first.context().addInitScript("delete Navigator.prototype.locks");
      if (!hasLocks) await first.reload();
      await first.getByRole("heading", { name: "No keys yet" }).waitFor();
      await first.getByRole("button", { name: "Account" }).click();
      await first.getByRole("button", { name: "Sign out" }).click();
      await eventually(() => expect(sessionCalls.at(-1)?.method).toBe("DELETE"));
      const second = await first.context().newPage();
      await second.goto(`${site.origin}/keys`);
      if (!hasLocks) await second.getByRole("heading", { name: "No keys yet" }).waitFor();
      ending.resolve();
      await second.getByRole("heading", { name: "Sign in" }).waitFor();
    },
  );

  test("that was begun anew in another window goes on when the sign-out before is told again", async () => {
    const { control, site, sessionCalls, open } = stage();
    const ending = Promise.withResolvers<void>();
    const ids: (string | undefined)[] = [];
    control.accepted.add("sk-admin-1");
    stage().session = async ({ method, id }) => {
      if (method !== "DELETE")
        return {
          status: 200,
          body: { ...personSession(PROJECTS, "sk-admin-1"), id: `session_${sessionCalls.length}` },
        };
      ids.push(id);
      await ending.promise;
      return { status: 200, body: {} };
    };
    const first = await open("/keys");
    await first.context().addInitScript("delete Navigator.prototype.locks");
    await first.getByRole("heading", { name: "No keys yet" }).waitFor();
    await first.getByRole("button", { name: "Account" }).click();
    await first.getByRole("button", { name: "Sign out" }).click();
    await eventually(() => expect(ids).toEqual(["session_1"]));
    const second = await openIn(first.context(), "/keys", site.origin);
    await second.getByRole("heading", { name: "No keys yet" }).waitFor();
    await second.evaluate(() => {
      const channel = new BroadcastChannel("sluice-session");
      const notified = new Promise<void>((done) => channel.addEventListener("message", () => done()));
      Object.assign(globalThis, { notified });
    });
    ending.resolve();
    await second.evaluate(() => Reflect.get(globalThis, "notified"));
    await second.getByRole("heading", { name: "No keys yet" }).waitFor();
  });

  test("that is signed out while it is renewed stays signed out", async () => {
    const { control, sessionCalls, open } = stage();
    const { promise: released, resolve: release } = Promise.withResolvers<void>();
    control.accepted.add("sk-admin-1");
    stage().session = async ({ method }) => {
      if (method === "DELETE") return { status: 200, body: {} };
      const count = sessionCalls.length;
      if (count > 1) {
        await released;
        control.accepted.add(`sk-admin-${count}`);
      }
      return { status: 200, body: personSession(PROJECTS, `sk-admin-${count}`) };
    };
    const page = await open("/keys?project=proj_2");
    await page.getByText("Owners of the project create keys for programs.").waitFor();
    control.accepted.clear();
    await page.getByRole("combobox", { name: "Project" }).selectOption("search");
    await expect.poll(() => sessionCalls.length).toBe(2);
    await page.getByRole("button", { name: "Account" }).click();
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    const response = page.waitForResponse("**/session/refresh");
    release();
    await (await response).finished();
    // What came is seen by the page, and drawn.
    await page.evaluate("new Promise((done) => setTimeout(() => requestAnimationFrame(done)))");
    expect(control.seen.map(({ authorization }) => authorization)).not.toContain("Bearer sk-admin-2");
    expect(new URL(page.url()).pathname).toBe("/login");
  });

  // documented: console-roles
  test("of a member shows keys and no button that the service would refuse", async () => {
    const { control, open } = stage();
    control.accepted.add("sk-admin-1");
    stage().session = () => ({ status: 200, body: personSession(PROJECTS, "sk-admin-1") });
    const page = await open("/keys?project=proj_2");
    await page.getByText("Owners of the project create keys for programs.").waitFor();
    expect(await page.getByRole("button", { name: "Create key" }).count()).toBe(0);
    await page.getByRole("combobox", { name: "Project" }).selectOption("search");
    await page.getByRole("button", { name: "Create key" }).waitFor();
  });

  // documented: console-sign-in
  test("begins at the provider with PKCE, state and nonce, and the code is exchanged with what only this window knows", async () => {
    const { control, sessionCalls, site, open } = stage();
    control.accepted.add("sk-admin-1");
    stage().session = ({ path }) =>
      path === "/session" ? { status: 200, body: personSession(PROJECTS, "sk-admin-1") } : { status: 401, body: {} };
    const page = await open("/keys?project=proj_2");
    // The provider's page: it sends the browser back at once.
    let sent = new URLSearchParams();
    await page.route("https://login.example.com/**", (route) => {
      sent = new URL(route.request().url()).searchParams;
      const back = new URLSearchParams({
        code: "code-1",
        state: sent.get("state") ?? "",
        iss: "https://login.example.com",
      });
      return route.fulfill({ status: 302, headers: { location: `${site.origin}/login?${back}` } });
    });
    await page.getByRole("button", { name: "Continue with single sign-on" }).click();
    await page.getByText("Owners of the project create keys for programs.").waitFor();
    expect(Object.fromEntries(sent)).toMatchObject({
      response_type: "code",
      client_id: "sluice",
      redirect_uri: `${site.origin}/login`,
      scope: "openid email",
      code_challenge_method: "S256",
    });
    const [begun] = sessionCalls.filter(({ path }) => path === "/session");
    expect(begun?.body).toEqual({
      code: "code-1",
      code_verifier: expect.stringMatching(/^[\w-]{43,}$/),
      redirect_uri: `${site.origin}/login`,
      nonce: sent.get("nonce"),
    });
    expect(page.url()).toBe(`${site.origin}/keys?project=proj_2`);
  });

  test("does not begin with a response that belongs to no sign-in of this window", async () => {
    const { sessionCalls, open } = stage();
    const page = await open("/login?code=stolen&state=other");
    await page.getByText("The sign-in could not be finished. Start it again.").waitFor();
    expect(sessionCalls.filter(({ path }) => path === "/session")).toEqual([]);
  });
});
