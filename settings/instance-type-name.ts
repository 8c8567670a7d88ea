import * as z from "zod";
import { INSTANCE_TYPE_IDS } from "../catalog/instance-types.ts";
import { refusalOfInstanceType } from "../catalog/instances/refused-types.ts";

const FAMILIES = [...new Set(INSTANCE_TYPE_IDS.map((id) => id.split(".")[0]))].join(", ");

/** An EC2 instance type of the catalogue. The families that Sluice refuses are refused by their reason. */
export const InstanceTypeName = z.enum(INSTANCE_TYPE_IDS, {
  error: ({ input }) =>
    (typeof input === "string" ? refusalOfInstanceType(input) : undefined) ??
    `must be an instance type of the catalogue, of the families ${FAMILIES}`,
});
