import { describe, expect, test } from "vitest";
import { USAGE_COLUMNS } from "../../contracts/usage/usage-columns.ts";
import { usageQueries } from "./athena-queries.ts";

const COLUMNS = new Set(["day", "hour", ...USAGE_COLUMNS.map(({ name }) => name)]);
const WORDS = new Set(
  "select from where group by order desc limit and as sum count cast double nullif interval date_format date_trunc current_date approx_percentile".split(
    " ",
  ),
);

describe.each(usageQueries("sluice_dev_usage.events"))('the query "$name"', ({ sql }) => {
  test("names columns of the table, and its own, alone", () => {
    const aliases = [...sql.matchAll(/ AS (\w+)/g)].map(([, alias]) => alias);
    const bare = sql
      .replaceAll(/'[^']*'/g, "")
      .replace("sluice_dev_usage.events", "")
      .replaceAll(/ AS \w+/g, "");
    const names = [...bare.matchAll(/[a-z_]\w*/gi)].map(([name]) => name);
    const unknown = names.filter(
      (name) =>
        !(COLUMNS.has(name) || WORDS.has(name.toLowerCase()) || aliases.includes(name) || ["e9", "day"].includes(name)),
    );
    expect(unknown).toEqual([]);
  });

  test("reads the folders of some days, and not all files", () => {
    expect(sql).toMatch(/WHERE day >= /);
  });
});

test("queries have names of their own", () => {
  const names = usageQueries("t").map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
});
