import * as z from "zod";
import { MODEL_IDS } from "../catalog/models.ts";

/** A model of the catalogue. */
export const ModelName = z.enum(MODEL_IDS, {
  error: ({ input }) =>
    `must be one of the catalogue's models, ${typeof input === "string" ? similarTo(input) : allOf()}`,
});

/** Models whose name begins alike, or the number of all. */
function similarTo(name: string): string {
  const [family = ""] = name.toLowerCase().split(/[-\d.]/);
  const similar = MODEL_IDS.filter((id) => family !== "" && id.startsWith(family));
  return similar.length === 0 ? allOf() : `such as ${similar.join(", ")}`;
}

function allOf(): string {
  return `which are ${MODEL_IDS.length}: catalog/models/ has a file for each family`;
}
