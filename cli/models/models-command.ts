import { Command } from "commander";
import { catalogModel, MODEL_IDS } from "../../catalog/models.ts";
import { textTable } from "../terminal/text-table.ts";
import { type AddTools, addCommand } from "./add-command.ts";
import { fitCommand } from "./fit-command.ts";
import { pushCommand } from "./push-command.ts";

/** `sluice models list|fit|add|push`: the catalogue's models, and weights of your own. */
export function modelsCommand(tools: AddTools): Command {
  return new Command("models")
    .description("list the catalogue's models, find instance types for one, add one, or upload weights of your own")
    .addCommand(listCommand(tools.print))
    .addCommand(fitCommand(tools.print))
    .addCommand(addCommand(tools))
    .addCommand(pushCommand(tools));
}

function listCommand(print: (text: string) => void): Command {
  return new Command("list").description("list the catalogue's models").action(() => {
    const rows = MODEL_IDS.map((id) => {
      const { parameters, weightsGiB, contextTokens, task, seesImages, licence } = catalogModel(id);
      const does = task === "generate" && seesImages ? "generate, sees images" : task;
      return [
        id,
        `${(parameters.total / 1e9).toPrecision(3)}B`,
        `${weightsGiB} GiB`,
        contextTokens.toLocaleString("en-US"),
        does,
        licence.name,
      ];
    });
    print(textTable([["model", "parameters", "weights", "context", "task", "licence"], ...rows]));
  });
}
