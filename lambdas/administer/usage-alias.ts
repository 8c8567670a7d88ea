import type * as z from "zod";
import { ERRORS } from "../../contracts/api/errors.ts";
import { USAGE_FORECAST, USAGE_SUMMARY, UsageForecastQuery, UsageSummaryQuery } from "../../contracts/control/usage.ts";
import { type ControlRequest, type ControlResponse, type ControlTools, failure } from "./administer.ts";
import { checked } from "./call/checked-input.ts";
import { ControlError } from "./call/control-error.ts";
import { queryObject } from "./query/query-object.ts";
import { usageForecast } from "./usage-forecast.ts";
import { usageSummary } from "./usage-summary.ts";

type Respond = (request: ControlRequest, tools: ControlTools) => Promise<ControlResponse>;

/** The short paths for usage. Each sums pages of `listCosts`, whose permission it needs. */
const PATHS: Readonly<Record<string, Respond>> = {
  [USAGE_SUMMARY]: (request, tools) => usageSummary(queryOf(UsageSummaryQuery, request), request, tools),
  [USAGE_FORECAST]: (request, tools) => usageForecast(queryOf(UsageForecastQuery, request), request, tools),
};

/** Responds to a short path for usage. */
export async function respondToUsageAlias(request: ControlRequest, tools: ControlTools): Promise<ControlResponse> {
  try {
    const path = request.path.replace(/\/$/, "");
    const respond = Object.hasOwn(PATHS, path) ? PATHS[path] : undefined;
    if (respond === undefined) throw new ControlError("not_found", ERRORS.not_found.message);
    if (request.method !== "GET")
      throw new ControlError("method_not_allowed", ERRORS.method_not_allowed.message, { allow: "GET" });
    return await respond(request, tools);
  } catch (error) {
    if (error instanceof ControlError) return failure(error);
    throw error;
  }
}

/** @throws {ControlError} */
function queryOf<T extends z.ZodType>(schema: T, { query }: ControlRequest): z.infer<T> {
  // The schema has parsed it.
  return checked(schema, queryObject(query, schema)) as z.infer<T>;
}
