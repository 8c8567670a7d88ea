import { readFile } from "node:fs/promises";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { describeConsole, personSession, signInWithKey } from "./test/console-stage.ts";
import { type ScriptedUse, scriptedBudget, scriptedUse } from "./test/scripted-usage.ts";

const TODAY = new Date().toISOString().slice(0, 10);
const RANGE = "from=2026-01-01&to=2026-01-31";

/** A month of odd amounts whose cents come out wrong when doubles or rounded amounts are added. */
const MONTH: readonly ScriptedUse[] = Array.from({ length: 31 }, (_, index) => {
  const day = `2026-01-${String(index + 1).padStart(2, "0")}`;
  return [
    scriptedUse(day, {
      ...{ requests: index + 1, inputNano: 333_333_333 * (index + 1), failed: index % 2 },
      ...{ durationMs: 1234 * (index + 1), streamed: index % 3, firstTokenMs: 87 * (index % 3) },
    }),
    scriptedUse(day, {
      model: "large, and dear",
      project: "proj_2",
      key: "mnopqrstuvwx",
      user: null,
      outputNano: 4_999_999,
    }),
  ];
}).flat();

const COLUMNS = ["requests", "failed", "duration", "firstToken", "input", "output", "charged"] as const;

/** What a row of the table says, by its columns. */
async function figuresOf(page: Page, name: RegExp) {
  const row = page.getByRole("row", { name });
  const texts = COLUMNS.map(async (id) => [id, await row.locator(`[data-column=${id}] .number`).innerText()]);
  return Object.fromEntries(await Promise.all(texts)) as Readonly<Record<(typeof COLUMNS)[number], string>>;
}

/** Cents of what the costs operation sent, added up as integers. */
function cents(uses: readonly ScriptedUse[]): string {
  const nano = uses.reduce((sum, { inputNano, outputNano }) => sum + BigInt(inputNano) + BigInt(outputNano), 0n);
  const whole = (nano + 5_000_000n) / 10_000_000n;
  return `US$${(Number(whole) / 100).toLocaleString("en-GB", { minimumFractionDigits: 2 })}`.replace("US$", "$");
}

describeConsole("the dashboard", {}, (stage) => {
  // documented: dashboard-figures
  test("shows each figure of the ledger, to the cent, over all pages of the operations", async () => {
    const { control, open } = stage();
    control.projects.push({ id: "proj_1", name: "search" }, { id: "proj_2", name: "chat" });
    control.uses.push(...MONTH);
    const page = await open(`/dashboard?${RANGE}`);
    await signInWithKey(page);
    const small = MONTH.filter(({ model }) => model === "phi-3-mini");
    expect(await figuresOf(page, /phi-3-mini/)).toEqual({
      requests: "496",
      failed: "15 (3%)",
      // 1234 ms of each of 496 requests, by the 481 that did not fail.
      duration: "1.27 sec",
      firstToken: "0.09 sec",
      input: "3,100",
      output: "310",
      charged: cents(small),
    });
    const dear = MONTH.filter(({ model }) => model !== "phi-3-mini");
    expect((await figuresOf(page, /large, and dear/)).charged).toBe(cents(dear));
    const totals = page.getByRole("region", { name: "Totals" }).locator("dd");
    // 612,064 ms and 31,000 ms, by 481 and 31 requests.
    expect(await totals.allInnerTexts()).toEqual([
      ...[cents(MONTH), "527", "15 (2.8%)", "1.26 sec", "–", "0.09 sec", "–"],
      ...["6,200", "620"],
    ]);
    await page.locator(".chart-figure").scrollIntoViewIfNeeded();
    await page.locator(".recharts-bar-rectangle").first().waitFor();
    expect(control.seen.filter(({ url }) => url.includes("/costs?") && url.includes("group_by")).length).toBe(4);
  });

  // documented: dashboard-chart-when-near
  test("loads the library of charts when its figure is near the window, not before", async () => {
    const { control, open } = stage();
    control.uses.push(...MONTH);
    const page = await open(`/dashboard?${RANGE}`, { viewport: { width: 412, height: 600 } });
    const scripts: string[] = [];
    page.on("request", (request) => scripts.push(request.url()));
    await signInWithKey(page);
    await page.getByRole("row", { name: /phi-3-mini/ }).waitFor();
    await page.waitForLoadState("networkidle");
    expect(scripts.filter((url) => url.includes("usage-chart"))).toEqual([]);
    await page.locator(".chart-figure").scrollIntoViewIfNeeded();
    await page.locator(".recharts-bar-rectangle").first().waitFor();
  });

  // documented: dashboard-percentiles
  test("shows percentiles of a range, of how many requests they are, and none where the service refuses them", async () => {
    const { control, open } = stage();
    const times = [
      [100, 18],
      [4000, 1],
    ] as const;
    control.uses.push(
      scriptedUse("2026-01-02", { requests: 19, times }),
      scriptedUse("2026-01-13", { requests: 1, times: [[9000, 1]] }),
      scriptedUse("2026-01-14", { requests: 2, model: "older" }),
    );
    const page = await open(`/dashboard?${RANGE}`);
    await signInWithKey(page);
    const p95 = (name: RegExp) => page.getByRole("row", { name }).locator("[data-column=duration] small").innerText();
    expect(await p95(/phi-3-mini/)).toBe("p95 4.00 sec");
    expect(await p95(/older/)).toBe("p95 –");
    const totals = page.getByRole("region", { name: "Totals" });
    await totals.getByText("0.10 sec · 4.00 sec · 9.00 sec").waitFor();
    await totals.getByText("Percentiles are of 20 of 22 requests").waitFor();
  });

  // documented: dashboard-time-zone
  test("adds up hours to days of a time zone, which the address has, and says where it can't", async () => {
    const { control, open } = stage();
    const day = (ago: number) => new Date(Date.now() - ago * 86_400_000).toISOString().slice(0, 10);
    // In Lagos, an hour before UTC all year, the last hour of a day in UTC is the next day's first one.
    const uses = [
      scriptedUse(day(3), { hour: 22, inputNano: 10_000_000 }),
      scriptedUse(day(3), { hour: 23, inputNano: 333_333_333 }),
      scriptedUse(day(2), { hour: 22, inputNano: 666_666_667 }),
      scriptedUse(day(2), { hour: 23, inputNano: 10_000_000 }),
    ];
    control.uses.push(...uses);
    const page = await open(`/dashboard?from=${day(2)}&to=${day(2)}&zone=Africa%2FLagos`);
    await signInWithKey(page);
    expect((await figuresOf(page, /phi-3-mini/)).charged).toBe(cents(uses.slice(1, 3)));
    await page.getByText("Days are those of Africa/Lagos").waitFor();
    await page.getByLabel("Days of").selectOption("UTC");
    await page.getByText("Days are those of UTC").waitFor();
    await page.getByRole("row", { name: /phi-3-mini/ }).waitFor();
    expect(new URL(page.url()).searchParams.has("zone")).toBe(false);
    expect((await figuresOf(page, /phi-3-mini/)).charged).toBe(cents(uses.slice(2)));
    await page.goBack();
    await page.getByText("Days are those of Africa/Lagos").waitFor();
    await page.getByLabel("From").fill(day(200));
    await page.getByText("can be shown for the last 98 days").waitFor();
  });

  test("counts days of a zone of half hours from the first hour of UTC in them, and says so", async () => {
    const { control, open } = stage();
    const day = (ago: number) => new Date(Date.now() - ago * 86_400_000).toISOString().slice(0, 10);
    const uses = [
      scriptedUse(day(3), { hour: 18, inputNano: 10_000_000 }),
      scriptedUse(day(3), { hour: 19, inputNano: 333_333_333 }),
      scriptedUse(day(2), { hour: 18, inputNano: 666_666_667 }),
      scriptedUse(day(2), { hour: 19, inputNano: 10_000_000 }),
    ];
    control.uses.push(...uses);
    const page = await open(`/dashboard?from=${day(2)}&to=${day(2)}&zone=Asia%2FKolkata`);
    await signInWithKey(page);
    expect((await figuresOf(page, /phi-3-mini/)).charged).toBe(cents(uses.slice(1, 3)));
    await page.getByText("each day of Asia/Kolkata is counted from 00:30").waitFor();
    await page.getByLabel("Days of").selectOption("UTC");
    await page.getByText("Days are those of UTC").waitFor();
    expect(await page.getByText("is counted from").count()).toBe(0);
  });

  test("groups by key, user and project, of one project alone, and the address keeps it", async () => {
    const { control, open } = stage();
    control.projects.push({ id: "proj_1", name: "search" }, { id: "proj_2", name: "chat" });
    control.uses.push(...MONTH);
    const page = await open(`/dashboard?${RANGE}&by=project`);
    await signInWithKey(page);
    expect((await figuresOf(page, /search/)).charged).toBe(cents(MONTH.filter(({ project }) => project === "proj_1")));
    await page.getByLabel("By", { exact: true }).selectOption("user");
    expect((await figuresOf(page, /None/)).charged).toBe(cents(MONTH.filter(({ user }) => user === null)));
    await page.getByLabel("Usage of").selectOption("project");
    await page.getByRole("row", { name: /None/ }).waitFor({ state: "detached" });
    expect((await figuresOf(page, /user-ada/)).requests).toBe("496");
    expect(Object.fromEntries(new URL(page.url()).searchParams)).toEqual({
      from: "2026-01-01",
      to: "2026-01-31",
      by: "user",
      of: "project",
    });
    await page.getByRole("button", { name: "7 days" }).click();
    await page.getByRole("heading", { name: "No requests in this range" }).waitFor();
    await page.goBack();
    expect((await figuresOf(page, /user-ada/)).requests).toBe("496");
  });

  test("says what is wrong with a range, and reads nothing for it", async () => {
    const { control, open } = stage();
    const page = await open(`/dashboard?${RANGE}`);
    await signInWithKey(page);
    await page.getByRole("heading", { name: "No requests in this range" }).waitFor();
    const before = control.seen.length;
    await page.getByLabel("To", { exact: true }).fill("2025-12-31");
    await page.getByText("A range goes forward and has at most 366 days.").waitFor();
    expect(control.seen.length).toBe(before);
    expect(new URL(page.url()).searchParams.get("to")).toBe("2026-01-31");
  });

  // documented: dashboard-export
  test("exports each day with its exact charge", async () => {
    const { control, open } = stage();
    control.projects.push({ id: "proj_1", name: "=1+1" });
    control.uses.push(scriptedUse("2026-01-02", {}), scriptedUse("2026-01-03", { inputNano: 1, outputNano: 0 }));
    const page = await open(`/dashboard?${RANGE}&by=project`);
    await signInWithKey(page);
    const download = page.waitForEvent("download");
    await page.getByRole("button", { name: "Export CSV" }).click();
    const file = await download;
    expect(file.suggestedFilename()).toBe("usage-2026-01-01-2026-01-31.csv");
    expect(await readFile(await file.path(), "utf8")).toBe(
      "day_utc,project,name,requests,failed_requests,input_tokens,output_tokens," +
        "timed_requests,duration_ms,streamed_requests,first_token_ms,charge_usd," +
        "duration_ms_p50,duration_ms_p95,duration_ms_p99,first_token_ms_p50,first_token_ms_p95,first_token_ms_p99\r\n" +
        "2026-01-02,proj_1,'=1+1,1,0,100,10,1,1000,0,0,0.008888888,,,,,,\r\n" +
        "2026-01-03,proj_1,'=1+1,1,0,100,10,1,1000,0,0,0.000000001,,,,,,\r\n",
    );
  });

  // documented: dashboard-forecast
  test("shows what the month was charged and what the service expects at its end, of the chosen project too", async () => {
    const { control, open } = stage();
    control.projects.push({ id: "proj_1", name: "search" });
    control.uses.push(scriptedUse(TODAY, {}));
    control.forecasts.push({ spent_usd: 12.344999999, forecast_usd: 1234.5 }, { spent_usd: 1, forecast_usd: 2.006 });
    const page = await open("/dashboard");
    await signInWithKey(page);
    const month = page.getByRole("region", { name: "This month" });
    const figures = () => month.locator("dd").allInnerTexts();
    await month.getByText(/^Expected at the end of \w+ 20\d\d$/).waitFor();
    expect(await figures()).toEqual(["$12.34", "$1,234.50"]);
    await page.getByLabel("Usage of").selectOption("project");
    await month.getByText("$2.01").waitFor();
    expect(await figures()).toEqual(["$1.00", "$2.01"]);
    const requested = control.seen.filter(({ url }) => url.startsWith("/api/usage/forecast")).map(({ url }) => url);
    expect(requested).toEqual(["/api/usage/forecast", "/api/usage/forecast?project_id=proj_1"]);
  });

  // documented: dashboard-budgets
  test("shows what is spent of each budget, whatever its window, time zone and model, and warns from 90 percent", async () => {
    const { control, open } = stage();
    control.projects.push({ id: "proj_1", name: "search" }, { id: "proj_2", name: "chat" });
    const money = { metric: "nano_usd", max: 7_000_000_000 } as const;
    control.limits.push(
      scriptedBudget("project", "proj_1", 5, 4_500_000_000),
      scriptedBudget("project", "proj_2", 10, 8_990_000_000),
      scriptedBudget("organization", "organization", 13, 13_490_000_000),
      {
        ...scriptedBudget("key", "abcdefghijkl", 1),
        limits: [
          { ...money, window: "day", time_zone: "Asia/Kolkata", used: 1_750_000_000 },
          { ...money, window: "lifetime", model: "small", used: 2_000_000_000 },
        ],
      },
    );
    const page = await open("/dashboard");
    await signInWithKey(page);
    const budget = (text: string) => page.getByRole("listitem").filter({ hasText: text });
    await budget("search").getByText("Nearly used up: 90%").waitFor();
    await budget("search").getByText("$4.50 of $5.00 this month").waitFor();
    await budget("chat").getByText("89% used").waitFor();
    await budget("The organisation").getByText("Used up: requests are refused").waitFor();
    await budget("Asia/Kolkata").getByText("$1.75 of $7.00 today").waitFor();
    await budget("Model small").getByText("$2.00 of $7.00 in all").waitFor();
    expect(await page.getByRole("progressbar").count()).toBe(5);
  });

  test.each([
    ["permission_denied", "You may not see usage and costs here"],
    ["not_found", "This service does not count usage"],
  ] as const)("that the service refuses with %s says: %s", async (code, heading) => {
    const { control, open } = stage();
    // The key is tried first; then the list of projects and three operations come in any order.
    control.failures.push(undefined, code, code, code, code);
    const page = await open("/dashboard");
    await signInWithKey(page);
    await page.getByRole("heading", { name: heading }).waitFor();
    expect(await page.getByRole("button", { name: "Export CSV" }).count()).toBe(0);
  });
});

describeConsole("the dashboard of a person", { people: true }, (stage) => {
  test("reads the usage with the session's key", async () => {
    const { control, open } = stage();
    control.accepted.add("sk-admin-1");
    control.uses.push(scriptedUse(TODAY, {}));
    stage().session = () => ({
      status: 200,
      body: personSession([{ id: "proj_1", name: "search", role: "member" }], "sk-admin-1"),
    });
    const page = await open("/dashboard");
    expect((await figuresOf(page, /phi-3-mini/)).requests).toBe("1");
    expect(control.seen.every(({ authorization }) => authorization === "Bearer sk-admin-1")).toBe(true);
  });
});
