import { expect, test } from "vitest";
import {
  describePage,
  findNothing,
  focusedId,
  formReady,
  promptOf,
  responseTextOf,
  sees,
  sendPrompt,
  status,
  watch,
} from "./test/page-stage.ts";
import { breakOff, cut, fail, stream } from "./test/scripted-api.ts";

const WORDS = ["Apples,\n", "pears ", "and <b>plums</b>", "."];

describePage("the demo page's problems in Chromium", (stage) => {
  test("shows each wrong field of a 400 at the field, and in the response's region", async () => {
    const { api, openPage } = stage();
    const details = [
      { param: "temperature", message: "must be at most 2, got 7" },
      { param: "max_tokens", message: "must be at least 1, got 0" },
    ];
    api.script(fail("invalid_request", { details }));
    const page = await openPage();
    await sendPrompt(page);
    await sees(page, "must be at most 2, got 7");
    await sees(page, "must be at least 1, got 0");
    expect(await focusedId(page)).toBe("field-temperature");
    const field = page.getByLabel("Temperature");
    expect(await field.getAttribute("aria-invalid")).toBe("true");
    expect(await field.getAttribute("aria-describedby")).toContain("field-temperature-error");
    await field.fill("1");
    expect(await field.getAttribute("aria-invalid")).toBe("false");
    expect(await promptOf(page).inputValue()).toBe("List three fruits");
  });

  test("focuses the key after a 401; the key stays in this tab, out of the address and out of the curl", async () => {
    const { api, openPage, site } = stage();
    api.script(fail("invalid_api_key"), stream(WORDS));
    const page = await openPage();
    await page.getByLabel("API key (optional)").fill("sk-sl-wrong");
    await sendPrompt(page);
    await status(page, "The API key was not accepted.");
    expect(await focusedId(page)).toBe("field-api-key");
    await page.keyboard.type("-no-right");
    await page.keyboard.press("Enter");
    await status(page, /^Done/);
    expect(api.seen.map((request) => request.authorization)).toEqual([
      "Bearer sk-sl-wrong",
      "Bearer sk-sl-wrong-no-right",
    ]);
    await page.getByText("This request as curl").click();
    const curl = await page.getByRole("region", { name: "curl command" }).innerText();
    expect(curl).toContain("Bearer $SLUICE_API_KEY");
    expect(await page.content()).not.toMatch(/Bearer sk-sl/);
    expect(page.url()).toBe(`${site.origin}/`);
    expect(await page.evaluate("localStorage.length")).toBe(0);
    await page.reload();
    await formReady(page);
    expect(await page.getByLabel("API key (optional)").inputValue()).toBe("sk-sl-wrong-no-right");
  });

  test.each([
    ["required", 1, "API key"],
    ["off", 0, ""],
  ] as const)("with auth %s shows %i key fields", async (auth, count, label) => {
    const at = stage();
    at.config = { ...at.config!, auth };
    const page = await at.openPage();
    await formReady(page);
    expect(await page.getByLabel("API key").count()).toBe(count);
    if (label === "") return;
    await sendPrompt(page);
    await page.getByText("This API needs a key.").waitFor();
    expect(await focusedId(page)).toBe("field-api-key");
    expect(at.api.seen).toHaveLength(0);
  });

  test("requires a prompt instead of sending an empty one", async () => {
    const { api, openPage } = stage();
    const page = await openPage();
    await page.getByRole("button", { name: "Send" }).click();
    await page.getByText("Type a prompt first.").waitFor();
    expect(await focusedId(page)).toBe("field-prompt");
    expect(api.seen).toHaveLength(0);
  });

  test("counts down a 429 and opens sending again", async () => {
    const { api, openPage } = stage();
    api.script(fail("rate_limit_exceeded", { retryAfterSeconds: 2 }), stream(WORDS));
    const page = await openPage();
    const seen = await watch(page);
    await sendPrompt(page);
    await promptOf(page).press("Enter");
    await status(page, "The wait is over: you can send again.");
    expect(await seen()).toEqual(
      expect.arrayContaining(["Too many requests. You can send again in 2 seconds.", "2 s", "1 s", "Send is off"]),
    );
    expect(api.seen).toHaveLength(1);
    await page.getByRole("button", { name: "Send" }).click();
    await status(page, /^Done/);
  });

  test("repeats the request after a 503, and shows the wait", async () => {
    const { api, openPage } = stage();
    const away = fail("model_unavailable", { retryAfterSeconds: 1 });
    api.script(away, away, stream(WORDS));
    const page = await openPage();
    const seen = await watch(page);
    await sendPrompt(page);
    await status(page, /^Done/);
    expect(await seen()).toEqual(
      expect.arrayContaining([
        expect.stringContaining("Trying again in 1 s (try 1 of 3)"),
        expect.stringContaining("Trying again in 1 s (try 2 of 3)"),
      ]),
    );
    expect(api.seen).toHaveLength(3);
  });

  test("stops repeating when the visitor stops it", async () => {
    const { api, openPage } = stage();
    api.script(fail("model_unavailable", { retryAfterSeconds: 30 }));
    const page = await openPage();
    await sendPrompt(page);
    await sees(page, /try 1 of 3/);
    await page.getByRole("button", { name: "Stop" }).click();
    await status(page, "Stopped before the first token.");
    expect(api.seen).toHaveLength(1);
  });

  test("shows that a 504 took too long, and sends again on demand", async () => {
    const { api, openPage } = stage();
    api.script(fail("timeout"), stream(WORDS));
    const page = await openPage();
    await sendPrompt(page);
    await status(page, "The model did not answer in time.");
    await page.getByRole("button", { name: "Try again" }).click();
    await status(page, /^Done/);
  });

  test("shows the partial response when the connection is cut, with a message", async () => {
    const { api, openPage } = stage();
    const { promise: isRead, resolve: cutNow } = Promise.withResolvers<void>();
    api.script(cut(["Half "], isRead));
    const page = await openPage();
    await sendPrompt(page);
    const text = responseTextOf(page);
    await text.getByText("Half").waitFor();
    cutNow();
    await status(page, "The answer broke off.");
    expect(await text.textContent()).toBe("Half ");
    await sees(page, /connection broke/);
  });

  test("shows the partial response when the stream ends with an error event, with its message", async () => {
    const { api, openPage } = stage();
    api.script(breakOff(["Half "]));
    const page = await openPage();
    await sendPrompt(page);
    await status(page, "The answer broke off.");
    expect(await responseTextOf(page).textContent()).toBe("Half ");
    await sees(page, /engine stopped in the middle/);
  });

  test("waits out a lost connection and works again when it is back", async () => {
    const { api, openPage } = stage();
    api.script(stream(WORDS));
    const page = await openPage();
    await promptOf(page).fill("List three fruits");
    await page.context().setOffline(true);
    await status(page, /^You are offline/);
    expect(await page.getByRole("button", { name: "Send" }).getAttribute("aria-disabled")).toBe("true");
    await promptOf(page).press("Enter");
    await sees(page, "You are offline");
    expect(api.seen).toHaveLength(0);
    await page.context().setOffline(false);
    await status(page, "You are back online: you can send again.");
    await promptOf(page).press("Enter");
    await status(page, /^Done/);
  });

  test("distinguishes an API that is not there from a browser without network", async () => {
    const { api, openPage } = stage();
    const page = await openPage();
    await formReady(page);
    await api.close();
    await sendPrompt(page);
    await status(page, "The API could not be reached.");
    await sees(page, /may not allow this page/);
  });

  test("shows the problem when its configuration is missing or broken", async () => {
    const at = stage();
    at.config = undefined;
    const page = await at.openPage();
    await page.getByRole("heading", { name: "This page has no configuration" }).waitFor();
    await page.getByText("/config.json answered with status 404.").waitFor();
    await findNothing(page);
  });
});
