import { parse } from "vite";
import { describe, expect, test } from "vitest";
import { compileMessages } from "./compile-messages.ts";

/** What the plugin makes of a module. */
async function transformed(source: string): Promise<string | undefined> {
  const { program } = await parse("texts.js", source);
  const { transform } = compileMessages();
  if (typeof transform !== "function") throw new Error("The plugin transforms modules.");
  const result = await transform.call(
    { parse: () => program } as never,
    source,
    "/console/src/pages/texts.ts",
    {} as never,
  );
  return typeof result === "object" && result !== null ? String(result.code) : undefined;
}

describe("the compiled texts of the console", () => {
  test("have placeholders, cases and tags as lists, and plain texts as strings", async () => {
    const source = `const M = defineMessages(
      { plain: "It's here", name: "Role of {email}", count: "{n, plural, one {# key} other {# keys}}", tag: "Use <code>sk</code>" },
      { plain: \`Hier\`, name: "Rolle von {email}", count: "{n, plural, one {# Schlüssel} other {# Schlüssel}}", tag: "Mit <code>sk</code>" },
    );`;
    const code = await transformed(source);
    const messages = new Function("defineMessages", `${code} return M;`)((en: object, de: object) => ({ en, de }));
    expect(messages).toEqual({
      en: {
        plain: "It's here",
        name: ["Role of ", ["email"]],
        count: [["n", 2, { one: [0, " key"], other: [0, " keys"] }]],
        tag: ["Use ", ["code", "sk"]],
      },
      de: {
        plain: "Hier",
        name: ["Rolle von ", ["email"]],
        count: [["n", 2, { one: [0, " Schlüssel"], other: [0, " Schlüssel"] }]],
        tag: ["Mit ", ["code", "sk"]],
      },
    });
  });

  test("end the build where a text is no message or is not written out, and name the file", async () => {
    await expect(transformed(`defineMessages({ a: "{n, plural, one {x}" }, {});`)).rejects.toThrow(
      /pages\/texts\.ts: "\{n, plural, one \{x\}" is no message/,
    );
    await expect(transformed("defineMessages({ a: other }, {});")).rejects.toThrow(/pages\/texts\.ts: each text/);
    await expect(transformed("defineMessages(english, {});")).rejects.toThrow(
      /pages\/texts\.ts: defineMessages\(\) takes/,
    );
  });

  test("are made only where there are any", async () => {
    expect(await transformed("export const one = 1;")).toBeUndefined();
  });
});
