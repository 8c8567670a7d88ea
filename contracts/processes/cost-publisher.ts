import * as z from "zod";

const dollars = z.number().min(0);

/** Settings of `publish-cost` from the stacks: environment, models and prices. One line of JSON in its environment. */
export const CostPublisherSettings = z.strictObject({
  /** Environment's name: tag of its instances, dimension of its metrics. */
  environment: z.string().min(1),
  /** Public names of the models, each the `Pool` tag of its instances. */
  models: z.array(z.string().min(1)),
  /** Dollars an hour by instance type. */
  instanceHour: z.record(z.string(), dollars),
  /** Dollars an hour of the costs that do not depend on requests: load balancer, endpoints, alarms, keys, … */
  platformHour: dollars,
  /** Dollars of a request at API Gateway and firewall. */
  request: dollars,
  /** Dollars for the transfer of a generated token to the client. */
  completionToken: dollars,
});
export type CostPublisherSettings = z.infer<typeof CostPublisherSettings>;
