import { describe, test } from "vitest";
import { describePage, findNothing, sees, sendPrompt, status } from "./test/page-stage.ts";
import { fail, stream } from "./test/scripted-api.ts";

describePage("the demo page for everyone", (stage) => {
  describe.each([
    ["light", { colorScheme: "light", viewport: { width: 1280, height: 860 } }],
    ["dark", { colorScheme: "dark", viewport: { width: 1280, height: 860 } }],
    ["light and 320 px wide", { colorScheme: "light", viewport: { width: 320, height: 640 } }],
    ["dark and 320 px wide", { colorScheme: "dark", viewport: { width: 320, height: 640 } }],
  ] as const)("in %s", (_, options) => {
    test("axe finds no problem and no element is too wide: empty, streaming, done, wrong, limited", {
      timeout: 180_000,
    }, async () => {
      const { api, openPage } = stage();
      const { promise: rest, resolve: release } = Promise.withResolvers<void>();
      const long = ["word ".repeat(60), "x".repeat(300), "\n", "end"];
      const details = [{ param: "temperature", message: "must be at most 2, got 7" }];
      api.script(
        stream(long, rest),
        fail("invalid_request", { details }),
        fail("rate_limit_exceeded", { retryAfterSeconds: 60 }),
      );
      const page = await openPage(options);
      await page.getByText("stand-in model").waitFor();
      await findNothing(page);
      await sendPrompt(page, "long ".repeat(50));
      await sees(page, /xxx/);
      await findNothing(page);
      release();
      await status(page, /^Done/);
      await page.getByText("This request as curl").click();
      await findNothing(page);
      await sendPrompt(page, "wrong");
      await sees(page, "must be at most 2, got 7");
      await findNothing(page);
      await sendPrompt(page, "limited");
      await status(page, /in 60 seconds/);
      await findNothing(page);
    });
  });
});
