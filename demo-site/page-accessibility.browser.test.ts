import { expect, test } from "vitest";
import { describePage, findNothingInBothSchemes, sees, sendPrompt, status } from "./test/page-stage.ts";
import { fail, stream } from "./test/scripted-api.ts";

describePage("the demo page for everyone", (stage) => {
  test.each([
    { colorScheme: "light", viewport: { width: 1280, height: 860 } },
    { colorScheme: "dark", viewport: { width: 320, height: 640 } },
  ] as const)(
    "axe finds no problem in both schemes and no element is too wide, $viewport.width pixels wide: empty, streaming, done, wrong, limited",
    { timeout: 240_000 },
    async (options) => {
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
      await findNothingInBothSchemes(page, options.colorScheme);
      await sendPrompt(page, "long ".repeat(50));
      await sees(page, /xxx/);
      await findNothingInBothSchemes(page, options.colorScheme);
      release();
      await status(page, /^Done/);
      await page.getByText("This request as curl").click();
      await findNothingInBothSchemes(page, options.colorScheme);
      await sendPrompt(page, "wrong");
      await sees(page, "must be at most 2, got 7");
      await findNothingInBothSchemes(page, options.colorScheme);
      await sendPrompt(page, "limited");
      await status(page, /in 60 seconds/);
      await findNothingInBothSchemes(page, options.colorScheme);
    },
  );

  test.each([
    ["light", "dark"],
    ["dark", "light"],
  ] as const)("of a page opened in %s, a fault that it has in %s alone is found and named", async (opened, faulty) => {
    const page = await stage().openPage({ colorScheme: opened });
    await page.getByText("stand-in model").waitFor();
    const background = faulty === "light" ? "light-dark(#777, #000)" : "light-dark(#000, #777)";
    await page.evaluate(`document.querySelector("h1").style = "color: #767676; background: ${background}"`);
    await expect(findNothingInBothSchemes(page, opened)).rejects.toMatchObject({
      message: expect.stringContaining(`${faulty}, 1280 pixels: `),
      actual: [expect.stringContaining("color-contrast: <h1")],
    });
  });
});
