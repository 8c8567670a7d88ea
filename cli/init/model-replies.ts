import { INSTANCE_TYPE_IDS } from "../../catalog/instance-types.ts";
import type { ModelChoice } from "../../domain/cost/model-choices.ts";
import { textTable } from "../terminal/text-table.ts";
import { UserError } from "../terminal/user-error.ts";
import type { InitReplies } from "./environment-file.ts";

/** The choices as a numbered table, with the month's price of one instance. */
export function choicesText(choices: readonly ModelChoice[]): string {
  const rows = choices.map(({ model, instanceType, usdPerMonth }, index) => [
    String(index + 1),
    model,
    instanceType,
    `${Math.round(usdPerMonth).toLocaleString("en-US")} dollars a month`,
  ]);
  return textTable(rows);
}

/** A budget in a reply, e.g. `<900` dollars a month; `undefined` where the reply names models. */
export function budgetOf(reply: string): number | undefined {
  const [, dollars] = /^<\s*\$?\s*(\d{1,9})$/.exec(reply.trim()) ?? [];
  return dollars === undefined ? undefined : Number(dollars);
}

/**
 * The models that a reply names: their names or numbers in the table, separated by commas or spaces, each with
 * `@instance-type` where another than the cheapest is meant.
 * @throws {UserError} with what can't be found
 */
export function modelsOf(replies: readonly string[], choices: readonly ModelChoice[]): InitReplies["models"] {
  const names = replies.flatMap((reply) => reply.split(/[\s,]+/)).filter((name) => name !== "");
  if (names.length === 0)
    throw new UserError(`At least one model is needed; name one of ${someOf(choices)}, or its number.`);
  return Object.fromEntries(
    names.map((text) => {
      const [name = "", type] = text.split("@");
      const choice = choices.find(({ model }, index) => model === name || String(index + 1) === name);
      if (choice === undefined)
        throw new UserError(
          `There is no model "${name}" that an instance type of the region holds; name one of ${someOf(choices)}, or its number.`,
        );
      const instanceType = type === undefined ? choice.instanceType : INSTANCE_TYPE_IDS.find((id) => id === type);
      if (instanceType === undefined)
        throw new UserError(
          `There is no instance type "${type}" in the catalogue; omit it for ${choice.instanceType}.`,
        );
      return [publicName(choice.model), { model: choice.model, instanceType }];
    }),
  );
}

/** A model's name in the API: the catalogue's, at most 40 characters. */
function publicName(model: string): string {
  return model.slice(0, 40);
}

function someOf(choices: readonly ModelChoice[]): string {
  const first = choices.slice(0, 5).map(({ model }) => model);
  return `${first.join(", ")}${choices.length > first.length ? " …" : ""}`;
}
