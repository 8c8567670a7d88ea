import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { CONSOLE_PAGES } from "../contracts/site/console-pages.ts";

test("the paths under which the console is served are those of its router", () => {
  const router = readFileSync(join(import.meta.dirname, "src/router.tsx"), "utf8");
  const paths = [...router.matchAll(/^ {2}path: "\/(.*)",$/gm)].map(([, path]) => path);
  expect(paths.toSorted(), "add the path to CONSOLE_PAGES of contracts/site/console-pages.ts").toEqual(
    CONSOLE_PAGES.toSorted(),
  );
});

// documented: console-pictures
test("each page has a picture in both themes, which `node console/test/write-pictures.ts` writes", () => {
  const pictures = readdirSync(join(import.meta.dirname, "../docs/console"));
  const names = ["landing", ...CONSOLE_PAGES.map((page) => page.replace("/", "-"))];
  expect(
    names.flatMap((name) => [`${name}-dark.png`, `${name}-light.png`]).filter((name) => !pictures.includes(name)),
  ).toEqual([]);
});
