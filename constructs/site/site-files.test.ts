import { afterEach, describe, expect, test } from "vitest";
import { type BuiltAssetsFixture, builtAssets } from "../../test-support/built-assets.ts";
import { siteFiles } from "./site-files.ts";

const fixtures: BuiltAssetsFixture[] = [];
const page = (files: Record<string, string> = {}) => {
  const fixture = builtAssets(Object.fromEntries(Object.entries(files).map(([key, text]) => [`site/${key}`, text])));
  fixtures.push(fixture);
  return fixture.site;
};
afterEach(() => {
  for (const fixture of fixtures.splice(0)) fixture.remove();
});

describe("the files of the page", () => {
  test("names with a content hash may be cached for a year, others for a minute", () => {
    expect(siteFiles(page({ "favicon.svg": "<svg/>" })).map(({ key, cacheControl }) => [key, cacheControl])).toEqual([
      ["assets/index-aaaaaaaa.js", "public, max-age=31536000, immutable"],
      ["favicon.svg", "public, max-age=60"],
      ["index.html", "public, max-age=60"],
    ]);
  });

  test("the stable name is the same after a build with other content", () => {
    const name = (key: string) => siteFiles(page({ [key]: "x" })).find((file) => file.key === key)?.stableName;
    expect(name("assets/app-Bx3_9k-Z.css")).toBe("assets/app.css");
    expect(name("assets/app-00000000.css")).toBe("assets/app.css");
  });

  test("two chunks of one name are distinguished by their hashes", () => {
    const names = siteFiles(page({ "assets/index-bbbbbbbb.js": "y" })).map(({ stableName }) => stableName);
    expect(names).toEqual(["assets/index-aaaaaaaa.js", "assets/index-bbbbbbbb.js", "index.html"]);
  });

  test("the hash follows the content", () => {
    const hash = (text: string) => siteFiles(page({ "a.txt": text })).find(({ key }) => key === "a.txt")?.hash;
    expect(hash("one")).toBe(hash("one"));
    expect(hash("one")).not.toBe(hash("two"));
  });

  test("types are those that a browser insists on", () => {
    const types = siteFiles(page({ "font.woff2": "f" })).map(({ contentType }) => contentType);
    expect(types).toEqual(["text/javascript; charset=utf-8", "font/woff2", "text/html; charset=utf-8"]);
  });

  test("an unknown kind of file is an error that says where to add it", () => {
    expect(() => siteFiles(page({ "movie.xyz": "?" }))).toThrow(/movie\.xyz has no known content type; add \.xyz to/);
  });

  test("a page that is not built is an error with the remedy", () => {
    expect(() => siteFiles("/nowhere")).toThrow(/index\.html is missing.*npm run build/);
  });
});
