import { GENERAL_TYPES } from "./instances/general-types.ts";
import { GRAPHICS_TYPES } from "./instances/graphics-types.ts";
import type { InstanceType } from "./instances/instance-type.ts";
import { TRAINING_TYPES } from "./instances/training-types.ts";

/** EC2 instance types that Sluice uses; their prices are in `prices/`. */
export const INSTANCE_TYPES = {
  ...GENERAL_TYPES,
  ...GRAPHICS_TYPES,
  ...TRAINING_TYPES,
} as const satisfies Record<string, InstanceType>;

export type InstanceTypeId = keyof typeof INSTANCE_TYPES;
export const INSTANCE_TYPE_IDS = Object.keys(INSTANCE_TYPES) as [InstanceTypeId, ...InstanceTypeId[]];

/** The entry of an instance type, typed without the literal values. */
export function catalogInstanceType(id: InstanceTypeId): InstanceType {
  return INSTANCE_TYPES[id];
}
