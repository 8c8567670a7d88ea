import { schemaShapes } from "./schema-shapes.ts";
import { type Shape, ShapeBuilder } from "./shape.ts";
import { storedShapes } from "./stored-shapes.ts";
import { structureShapes } from "./structure-shapes.ts";
import { textShapes } from "./text-shapes.ts";
import { webSocketShapes } from "./websocket-shapes.ts";
import { wireShapes } from "./wire-shapes.ts";

const MEGABYTE = 1_000_000;

/** @param model that the gateway serves @param bytes of each body, about; a megabyte is what a gateway takes by default */
export function hostileShapes(model: string, bytes = MEGABYTE): readonly Shape[] {
  const build = new ShapeBuilder(model, bytes);
  return [
    ...structureShapes(build),
    ...schemaShapes(build),
    ...textShapes(build),
    ...storedShapes(build),
    ...wireShapes(build),
    ...webSocketShapes(build),
  ];
}
