import * as z from "zod";

const State = z.object({
  values: z
    .object({
      root_module: z.object({
        resources: z.array(z.object({ address: z.string(), tainted: z.boolean().default(false) })).default([]),
      }),
    })
    .optional(),
});

/**
 * Addresses of the resources that a state marks as tainted: their creation was interrupted.
 * @param json output of `tofu show -json`
 */
export function taintedResources(json: string): readonly string[] {
  const { values } = State.parse(JSON.parse(json));
  return (values?.root_module.resources ?? []).filter(({ tainted }) => tainted).map(({ address }) => address);
}
