import { expect, test } from "vitest";
import { loadEnvironment } from "./load.ts";
import { validateEnvironment } from "./validate.ts";

const dev = await loadEnvironment("dev");
const withConsole = (api: object) =>
  validateEnvironment({ ...dev, api: { ...dev.api, ...api }, site: { ...dev.site, console: "on" } }, "dev.ts");

test("a console needs the control API", () => {
  expect(withConsole({ controlApi: true }).site.console).toBe("on");
  expect(() => withConsole({ controlApi: false })).toThrow(
    'site.console: needs the control API, which it shows, got "on"; set api.controlApi to true, or it to off',
  );
});

test("a private entry has no console, as it has no page", () => {
  const api = { controlApi: true, entry: "private", allowedRanges: ["10.0.0.0/8"], usagePlans: {} };
  expect(() => withConsole(api)).toThrow('site.console: must be off with entry private, which has no page, got "on"');
});
